import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { GuijiError } from '../errors/guiji-error.ts'
import { type StoreAddress, storeAddress } from './server/connection-errors.ts'
import { createDatabase, inspect } from './server/inspect.ts'
import { leaseServer } from './server/lease.ts'
import { valueTypes } from './server/value-types.ts'

// Whatever the server's own defaults are. The path matters too: by default it begins with a schema named like the
// user, and the embedded user is named like the schema of the control tables.
const SESSION = `set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres';
  set search_path to public`

export interface StoreOptions {
  /** The workspace; an embedded store lies in its `.guiji`. */
  readonly directory: string
  /** A PostgreSQL 17 or newer; absent: the embedded server of the workspace. */
  readonly url?: string | undefined
  /** Ends the opening. An open store is closed by disposing of it. */
  readonly signal: AbortSignal
  /** Most connections of this process. Default 10. */
  readonly maxConnections?: number
}

/** The open store. Disposing of it closes its connections and, for the last user of an embedded one, the server. */
export interface Store extends AsyncDisposable {
  /** With the password: for people who ask for it and for child processes, never for a log. */
  readonly url: string
  /**
   * int8 is bigint; numeric, date, time, timestamp and interval are the server's text; timestamptz is Date.
   * Sessions speak UTC and ISO dates; the search path is `public`, so names are written with their schema.
   */
  readonly pool: pg.Pool
  /** Such as `18.4`. */
  readonly serverVersion: string
  readonly embedded: boolean
}

/**
 * Opens the store of a workspace.
 *
 * @throws GuijiError STORE_UNREACHABLE, STORE_REFUSED_PASSWORD, STORE_TOO_OLD, STORE_NOT_UTF8 and the other STORE_
 * codes, none of which shows a password; the signal's reason when it aborts
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  await using opening = new AsyncDisposableStack()
  const embedded = options.url === undefined
  const url = options.url ?? opening.use(await leaseServer(options)).url
  const address = storeAddress(url)
  const serverVersion = await (embedded ? inspectOwn : inspect)(url, address, options.signal)
  const pool = opening.adopt(openPool(url, options.maxConnections ?? 10), (open) => open.end())
  const open = opening.move()
  return { url, pool, serverVersion, embedded, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** Typed queries over a pool: `queries<ControlTables>(store.pool)`. Ends with the pool; never destroy it. */
export function queries<Schema>(pool: pg.Pool): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
}

/** A pool as every connection to a store must be: value types, session settings, no crash from a broken one. */
export function openPool(url: string, maxConnections: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    types: valueTypes,
    application_name: 'guiji',
    keepAlive: true,
    onConnect: (client) => client.query(SESSION),
  })
  // A connection that breaks fails the query that uses it, or the next one. Without these listeners it would end
  // the process when idle (pool), or between two queries of a transaction (client).
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** An embedded server that was just made has no database yet: the first to come makes it. */
async function inspectOwn(url: string, address: StoreAddress, signal: AbortSignal): Promise<string> {
  try {
    return await inspect(url, address, signal)
  } catch (error) {
    if (!(error instanceof GuijiError) || error.code !== 'STORE_NO_DATABASE') throw error
    await createDatabase(url, address, signal)
    return inspect(url, address, signal)
  }
}
