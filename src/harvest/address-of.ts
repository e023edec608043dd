import type pg from 'pg'
import type { StoreAddress } from '../store/server/connection-errors.ts'

/** The store of a connection, as it may be shown. */
export function addressOf({ host, port, database, user }: pg.Client | pg.PoolClient): StoreAddress {
  return { shown: `${host}:${port}/${database ?? ''}`, user: user ?? '', database: database ?? '' }
}
