import type pg from 'pg'
import type { Batch } from '../connector.ts'
import { writeEntry } from '../ledger/ledger.ts'
import { type Accounts, addAccounts, noRows } from './accounts.ts'
import { recordBytes } from './checked-rows.ts'
import type { Digester } from './digest.ts'
import { createLoadTable } from './load-tables.ts'
import type { RunContext } from './run-context.ts'
import type { StageTimes } from './stage-times.ts'
import { commitOpen, type Writer, Writers } from './writers.ts'

/**
 * Prepares one chunk (no I/O: it happens while PostgreSQL still takes in the chunks before) and returns what loads it.
 */
export type ChunkLoader = (batch: Batch, digests: BigInt64Array, chunk: number) => LoadChunk

/** Loads a prepared chunk by way of `client`; `sent` is called as soon as PostgreSQL works on alone. */
export type LoadChunk = (client: pg.PoolClient, sent: () => void) => Promise<Accounts>

/** A transaction is closed once it holds this much, so that what is lost by a crash is bounded. */
const commitBytes = 4 << 20

export interface ReadResult {
  readonly accounts: Accounts
  readonly bytes: number
  readonly chunks: number
}

export interface ReadOptions {
  readonly digester: Digester
  readonly prepare: ChunkLoader
  /** Another connection for a first load, or nothing where none is to be had at once. */
  readonly lend: () => Promise<pg.PoolClient | undefined>
  readonly progress: (read: bigint, bytes: number) => void
}

/**
 * Reads a listing to its end. Each batch is one chunk: its rows, its rejects and its ledger entry commit together.
 * While PostgreSQL takes in one chunk the next is already read and digested; a large first load goes in by two
 * connections side by side.
 */
export async function readListing(context: RunContext, options: ReadOptions): Promise<ReadResult> {
  const { times } = context
  let result: ReadResult = { accounts: noRows, bytes: 0, chunks: 0 }
  await createLoadTable(context.client, context.runId, context.layout, context.kind)
  await using writers = new Writers(context.client, options.lend, context.kind === 'fresh')
  const load = async (writer: Writer, batch: Batch, work: LoadChunk, chunk: number, sent: () => void) => {
    const bytes = recordBytes(batch)
    const accounts = await commitChunk(context, writer, { batch, work, chunk, bytes, sent })
    if (writers.several || writer.open >= commitBytes) await times.of('commit', () => commitOpen(writer))
    const chunks = Math.max(result.chunks, chunk + 1)
    result = { accounts: addAccounts(result.accounts, accounts), bytes: result.bytes + bytes, chunks }
    options.progress(result.accounts.read, result.bytes)
  }
  try {
    let chunk = 0
    for await (const batch of timed(context.listing.batches(), times)) {
      context.signal.throwIfAborted()
      if (batch.count === 0) continue
      const digests = times.ofNow('digest', () => options.digester.digest(batch))
      const work = times.ofNow('prepare', () => options.prepare(batch, digests, chunk))
      const writer = await writers.free(chunk, batch.bytes.length)
      const sent = Promise.withResolvers<void>()
      writer.busy = load(writer, batch, work, chunk, sent.resolve)
      writer.busy.catch(() => {})
      // Preparing the next chunk keeps this thread busy: not before the bytes of this one are on their way.
      await Promise.race([sent.promise, writer.busy])
      chunk += 1
    }
    await writers.finish()
  } catch (error) {
    await writers.abandon()
    throw error
  }
  return result
}

/** The same batches; the time waited for each counts as reading. */
async function* timed(batches: AsyncIterable<Batch>, times: StageTimes): AsyncGenerator<Batch> {
  let before = performance.now()
  for await (const batch of batches) {
    times.add('read', performance.now() - before)
    yield batch
    before = performance.now()
  }
}

interface Chunk {
  readonly batch: Batch
  readonly work: LoadChunk
  readonly chunk: number
  readonly bytes: number
  readonly sent: () => void
}

async function commitChunk(context: RunContext, writer: Writer, job: Chunk): Promise<Accounts> {
  const { batch, chunk, bytes } = job
  const { client } = writer
  const { runId, fence, datasetId, seed } = context
  if (writer.open === 0) await client.query('begin')
  writer.open += bytes + 1
  const accounts = await job.work(client, job.sent)
  await context.rejections.write(client, { id: runId, datasetId, seed, now: new Date(context.clock()) })
  const place = { first: batch.place(0), last: batch.place(batch.count - 1) }
  const dataset = context.dataset.code
  const entry = { runId, fence, datasetId, dataset, chunk, kind: 'chunk' as const, accounts, bytes, place }
  await context.times.of('commit', () => writeEntry(client, entry))
  return accounts
}
