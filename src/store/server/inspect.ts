import { Socket } from 'node:net'
import pg from 'pg'
import { GuijiError } from '../../errors/guiji-error.ts'
import { quote } from '../identifiers.ts'
import { type StoreAddress, toStoreError } from './connection-errors.ts'
import { codeOf } from './file-errors.ts'

const OLDEST_MAJOR = 17
const CONNECT_MILLISECONDS = 15_000

/** What a server says about itself. */
export interface ServerAnswer {
  /** Such as `18.4`. */
  readonly version: string
  /** server_version_num, such as `180004`. */
  readonly number: string
  readonly encoding: string
}

/**
 * Makes sure that the server is there, lets us in, and is fit to be the store; answers its version (`18.4`).
 *
 * @throws GuijiError STORE_UNREACHABLE, STORE_REFUSED_PASSWORD, STORE_NO_DATABASE, STORE_TOO_OLD, STORE_NOT_UTF8
 */
export async function inspect(url: string, address: StoreAddress, signal: AbortSignal): Promise<string> {
  const answer = await withClient(url, address, signal, firstAnswer)
  refuseUnfit(answer, address.shown)
  return answer.version
}

/** @throws GuijiError STORE_TOO_OLD, STORE_NOT_UTF8 */
export function refuseUnfit({ version, number, encoding }: ServerAnswer, address: string): void {
  if (Number(number) < OLDEST_MAJOR * 10_000) {
    throw new GuijiError('STORE_TOO_OLD', { found: version, needed: OLDEST_MAJOR })
  }
  if (encoding !== 'UTF8') throw new GuijiError('STORE_NOT_UTF8', { address, found: encoding })
}

/** Makes the database of a URL on its server; that another process does so at the same time is no error. */
export async function createDatabase(url: string, address: StoreAddress, signal: AbortSignal): Promise<void> {
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  await withClient(maintenance.href, address, signal, async (client) => {
    try {
      await client.query(`create database ${quote(address.database)}`)
    } catch (error) {
      // duplicate_database, or unique_violation when both write the catalog in the same moment.
      if (!['42P04', '23505'].includes(codeOf(error) ?? '')) throw error
    }
  })
}

async function firstAnswer(client: pg.Client): Promise<ServerAnswer> {
  const { rows } = await client.query<ServerAnswer>(
    `select split_part(current_setting('server_version'), ' ', 1) as version,
            current_setting('server_version_num') as number,
            current_setting('server_encoding') as encoding`,
  )
  const answer = rows[0]
  if (!answer) throw new Error('the server gave no answer')
  return answer
}

async function withClient<Result>(
  url: string,
  address: StoreAddress,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  // Our own socket, because pg cannot give up a connection that is only being made.
  const socket = new Socket()
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: 'guiji',
    stream: () => socket,
  })
  client.on('error', () => {})
  const hangUp = () => socket.destroy()
  signal.addEventListener('abort', hangUp)
  try {
    await client.connect()
    const result = await work(client)
    await client.end()
    return result
  } catch (error) {
    socket.destroy()
    signal.throwIfAborted()
    throw toStoreError(error, address)
  } finally {
    signal.removeEventListener('abort', hangUp)
  }
}
