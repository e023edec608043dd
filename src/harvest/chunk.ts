import type pg from 'pg'
import type { Batch, Place } from '../connector.ts'
import type { Accounts } from './accounts.ts'

/** What a run loads and enters into the ledger in one piece: records of one batch, or what is new in several. */
export interface Chunk {
  /** From 0, in the order of the listing. */
  readonly number: number
  /** Bytes of all its records, those passed over included. */
  readonly bytes: number
  readonly first: Place
  readonly last: Place
  /** Loads it by way of `client`; `sent` is called as soon as PostgreSQL works on alone. */
  readonly load: (client: pg.PoolClient, sent: () => void) => Promise<Accounts>
}

/**
 * Makes chunks of batches. No I/O: it happens while PostgreSQL still takes in the chunks before. A loader may keep
 * what it was given until there is enough for a chunk; `rest` is what is left at the end.
 */
export interface ChunkLoader {
  add(batch: Batch, digests: BigInt64Array): Promise<Chunk | undefined>
  rest(): Chunk | undefined
}
