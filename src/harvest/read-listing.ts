import type { Batch } from '../connector.ts'
import { writeEntry } from '../ledger/ledger.ts'
import { type Accounts, addAccounts, noRows } from './accounts.ts'
import { recordBytes } from './checked-rows.ts'
import type { Digester } from './digest.ts'
import { createLoadTable } from './load-tables.ts'
import type { RunContext } from './run-context.ts'

/**
 * Prepares one chunk (no I/O: it happens while PostgreSQL still takes in the chunk before) and returns what loads it.
 */
export type ChunkLoader = (batch: Batch, digests: BigInt64Array, chunk: number) => LoadChunk

/** Loads a prepared chunk; `sent` is called as soon as PostgreSQL works on alone. */
export type LoadChunk = (sent: () => void) => Promise<Accounts>

/** A transaction is closed once it holds this much, so that what is lost by a crash is bounded. */
const commitBytes = 4 << 20
/**
 * A first load that is known to be smaller is one transaction together with the making of its table: PostgreSQL then
 * writes no log of its rows. Larger ones commit in parts, because starting again after hours costs more.
 */
const wholeBytes = 256 << 20

export interface ReadResult {
  readonly accounts: Accounts
  readonly bytes: number
  readonly chunks: number
}

/**
 * Reads a listing to its end. Each batch is one chunk: its rows, its rejects and its ledger entry commit together.
 * While PostgreSQL takes in one chunk the next is already read and digested.
 */
export async function readListing(
  context: RunContext,
  digester: Digester,
  prepare: ChunkLoader,
  progress: (read: bigint, bytes: number) => void,
): Promise<ReadResult> {
  let result: ReadResult = { accounts: noRows, bytes: 0, chunks: 0 }
  let open = 0
  const limit = isSmallFirstLoad(context) ? Number.POSITIVE_INFINITY : commitBytes
  let before: Promise<void> = Promise.resolve()

  const commitChunk = async (batch: Batch, work: LoadChunk, chunk: number, sent: () => void) => {
    if (open === 0) await context.client.query('begin')
    if (chunk === 0) await createLoadTable(context.client, context.runId, context.layout, context.kind)
    const bytes = recordBytes(batch)
    open += bytes + 1
    const accounts = await work(sent)
    await writeChunk(context, batch, accounts, chunk, bytes)
    if (open >= limit) {
      await context.client.query('commit')
      open = 0
    }
    result = {
      accounts: addAccounts(result.accounts, accounts),
      bytes: result.bytes + bytes,
      chunks: chunk + 1,
    }
    progress(result.accounts.read, result.bytes)
  }

  try {
    let chunk = 0
    for await (const batch of context.listing.batches()) {
      context.signal.throwIfAborted()
      if (batch.count === 0) continue
      const work = prepare(batch, digester.digest(batch), chunk)
      await before
      const sent = Promise.withResolvers<void>()
      before = commitChunk(batch, work, chunk, sent.resolve)
      before.catch(() => {})
      // Preparing the next chunk keeps this thread busy: not before the bytes of this one are on their way.
      await Promise.race([sent.promise, before])
      chunk += 1
    }
    await before
    if (chunk === 0) await createLoadTable(context.client, context.runId, context.layout, context.kind)
    if (open > 0) await context.client.query('commit')
  } catch (error) {
    await before.catch(() => {})
    await context.client.query('rollback').catch(() => {})
    throw error
  }
  return result
}

function isSmallFirstLoad({ kind, listing }: RunContext): boolean {
  return kind === 'fresh' && listing.bytes !== undefined && listing.bytes <= wholeBytes
}

async function writeChunk(
  context: RunContext,
  batch: Batch,
  accounts: Accounts,
  chunk: number,
  bytes: number,
): Promise<void> {
  const { client, runId, fence, datasetId, seed } = context
  await context.rejections.write(client, { id: runId, datasetId, seed, now: new Date(context.clock()) })
  await writeEntry(client, {
    runId,
    fence,
    datasetId,
    dataset: context.dataset.code,
    chunk,
    kind: 'chunk',
    accounts,
    bytes,
    place: { first: batch.place(0), last: batch.place(batch.count - 1) },
  })
}
