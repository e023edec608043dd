import type pg from 'pg'
import type { Batch } from '../connector.ts'
import { writeEntry } from '../ledger/ledger.ts'
import type { Xxh64 } from '../records/wasm/xxh64.ts'
import { type Accounts, addAccounts, noRows } from './accounts.ts'
import { recordBytes } from './checked-rows.ts'
import type { Chunk, ChunkLoader } from './chunk.ts'
import { createLoadTable } from './load-tables.ts'
import type { RunContext } from './run-context.ts'
import type { StageTimes } from './stage-times.ts'
import { commitOpen, type Writer, Writers } from './writers.ts'

/** A transaction is closed once it holds this much, so that what is lost by a crash is bounded. */
const commitBytes = 4 << 20

export interface ReadResult {
  readonly accounts: Accounts
  readonly bytes: number
  readonly chunks: number
}

export interface ReadOptions {
  readonly digester: Xxh64
  readonly loader: ChunkLoader
  /** Another connection for a first load, or nothing where none is to be had at once. */
  readonly lend: () => Promise<pg.PoolClient | undefined>
  readonly progress: (read: bigint, bytes: number) => void
}

/**
 * Reads a listing to its end, chunk by chunk: a chunk's rows, its rejects and its ledger entry commit together. While
 * PostgreSQL takes in one chunk the next is already read and digested; a large first load goes in by two connections
 * side by side.
 */
export async function readListing(context: RunContext, options: ReadOptions): Promise<ReadResult> {
  const { times } = context
  let result: ReadResult = { accounts: noRows, bytes: 0, chunks: 0 }
  await createLoadTable(context.client, context.runId, context.layout, context.kind)
  await using writers = new Writers(context.client, options.lend, context.kind === 'fresh')
  const load = async (writer: Writer, chunk: Chunk, sent: () => void) => {
    const accounts = await commitChunk(context, writer, chunk, sent)
    if (writers.several || writer.open >= commitBytes) await times.of('commit', () => commitOpen(writer))
    const chunks = Math.max(result.chunks, chunk.number + 1)
    result = { accounts: addAccounts(result.accounts, accounts), bytes: result.bytes + chunk.bytes, chunks }
  }
  const start = async (chunk: Chunk) => {
    const writer = await writers.free(chunk.number, chunk.bytes)
    const sent = Promise.withResolvers<void>()
    writer.busy = load(writer, chunk, sent.resolve)
    writer.busy.catch(() => {})
    // Preparing the next chunk keeps this thread busy: not before the bytes of this one are on their way.
    await Promise.race([sent.promise, writer.busy])
  }
  let read = 0n
  let bytes = 0
  try {
    for await (const batch of timed(context.listing.batches(), times)) {
      context.signal.throwIfAborted()
      if (batch.count === 0) continue
      const digests = batch.digests ?? times.ofNow('digest', () => options.digester.records(batch))
      const chunk = await times.of('prepare', () => options.loader.add(batch, digests))
      if (chunk !== undefined) await start(chunk)
      read += BigInt(batch.count)
      bytes += recordBytes(batch)
      options.progress(read, bytes)
    }
    const rest = times.ofNow('prepare', () => options.loader.rest())
    if (rest !== undefined) await start(rest)
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

async function commitChunk(
  context: RunContext,
  writer: Writer,
  chunk: Chunk,
  sent: () => void,
): Promise<Accounts> {
  const { client } = writer
  const { runId, fence, datasetId, seed } = context
  if (writer.open === 0) await client.query('begin; set local synchronous_commit to off')
  writer.open += chunk.bytes + 1
  const accounts = await chunk.load(client, sent)
  await context.rejections.write(client, { id: runId, datasetId, seed, now: new Date(context.clock()) })
  const { number, bytes, first, last } = chunk
  const place = { first, last }
  const dataset = context.dataset.code
  const entry = {
    runId,
    fence,
    datasetId,
    dataset,
    chunk: number,
    kind: 'chunk' as const,
    accounts,
    bytes,
    place,
  }
  await context.times.of('commit', () => writeEntry(client, entry))
  return accounts
}
