import { Socket } from 'node:net'
import pg from 'pg'
import type { ConnectorContext } from '../../src/connector.ts'
import { type Address, addressText } from './config.ts'
import { connectSeconds, explain, statementSeconds, type Undertaking } from './failure.ts'

/** One signed-in connection. Disposing it closes it at once, also in the middle of a COPY. */
export interface Connection extends AsyncDisposable {
  readonly client: pg.Client
  readonly server: ServerKind
  readonly undertaking: Undertaking
  /** Runs one statement; what fails is explained as a GuijiError, about `object` where that is given. */
  query<Row extends pg.QueryResultRow>(
    statement: pg.QueryConfig,
    about?: { readonly object: string },
  ): Promise<pg.QueryResult<Row>>
}

export interface ServerKind {
  /** `server_version_num`, e.g. 180004. */
  readonly number: number
  /** The first words of `version()`, e.g. `PostgreSQL 18.4`. */
  readonly name: string
  /** True where the binary forms of the basic types are known: PostgreSQL itself, 12 or newer. */
  readonly binary: boolean
}

/** What makes the texts of a source the same on every server and at every time. */
const settings = `
  set client_encoding to 'UTF8';
  set datestyle to 'ISO, YMD';
  set timezone to 'UTC';
  set extra_float_digits to 3;
  set bytea_output to 'hex';
  set statement_timeout to '${statementSeconds}s'`

/**
 * What keeps a forgotten connection from holding a department's system. Older servers and relatives do not know
 * all of these, and only Linux can see that a client has gone while it is still working.
 */
const safeguards = `
  select set_config(s.name, case s.name
    when 'lock_timeout' then '60s'
    when 'idle_in_transaction_session_timeout' then '30min'
    else '10s' end, false)
  from pg_settings s
  where s.name in ('lock_timeout', 'idle_in_transaction_session_timeout')
     or (s.name = 'client_connection_check_interval' and version() like '%linux%')`

/** Opens a connection; cut when `signal` aborts. Throws GuijiError. */
export async function connect(
  address: Address,
  context: ConnectorContext,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted()
  const socket = new Socket()
  const undertaking = { source: context.source, address: addressText(address), ...named(address) }
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    database: address.database,
    user: address.user,
    password: address.password,
    ssl: address.ssl,
    application_name: 'guiji',
    connectionTimeoutMillis: connectSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    stream: () => socket,
  })
  // A connection lost between two statements is reported by the next one; without a listener it ends the process.
  client.on('error', () => {})
  const cut = () => socket.destroy()
  signal.addEventListener('abort', cut, { once: true })
  const close = async () => {
    signal.removeEventListener('abort', cut)
    await end(client, socket)
  }
  try {
    await client.connect()
    await client.query(settings)
    await client.query(safeguards)
    const server = await serverKind(client)
    return {
      client,
      server,
      undertaking,
      query: async (statement, about) => {
        try {
          return await client.query(statement)
        } catch (error) {
          signal.throwIfAborted()
          throw explain(error, { ...undertaking, ...about })
        }
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    signal.throwIfAborted()
    throw explain(error, undertaking)
  }
}

function named(address: Address) {
  return { user: address.user, database: address.database }
}

async function serverKind(client: pg.Client): Promise<ServerKind> {
  const { rows } = await client.query<{ version: string; number: string }>(
    `select version() as version, current_setting('server_version_num') as number`,
  )
  const version = rows[0]?.version ?? ''
  const number = Number(rows[0]?.number ?? 0)
  return {
    number,
    name: version.split(/ on |,/)[0] ?? version,
    binary: isPostgres(version) && number >= 120000,
  }
}

/** Relatives (openGauss, Kingbase, Greenplum …) also say "PostgreSQL" but name themselves beside the number. */
function isPostgres(version: string): boolean {
  return /^PostgreSQL [\d.]+(beta\d|rc\d)? (\((Debian|Ubuntu) [^)]*\) )?on /.test(version)
}

/** Says goodbye where the connection is at rest; where it is not, the socket is closed under it. */
async function end(client: pg.Client, socket: Socket): Promise<void> {
  const goodbye = client.end().catch(() => {})
  const patience = setTimeout(() => socket.destroy(), 500)
  try {
    await goodbye
  } finally {
    clearTimeout(patience)
    socket.destroy()
  }
}
