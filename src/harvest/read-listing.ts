import type pg from 'pg'
import type { Batch } from '../connector.ts'
import { writeEntry } from '../ledger/ledger.ts'
import type { Xxh64 } from '../records/wasm/xxh64.ts'
import { type Accounts, addAccounts } from './accounts.ts'
import { recordBytes } from './checked-rows.ts'
import type { Chunk, ChunkLoader } from './chunk.ts'
import type { Beginning } from './lifecycle/beginning.ts'
import type { Pulse } from './lifecycle/held-run.ts'
import { orAbort } from './lifecycle/or-abort.ts'
import { createChunkDigest, type Piece } from './lifecycle/resumption.ts'
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
  /** Nothing, or what the run had committed before it was lost. */
  readonly beginning: Beginning
  /** Another connection for a first load, or nothing where none is to be had at once. */
  readonly lend: () => Promise<pg.PoolClient | undefined>
  readonly progress: (read: bigint, bytes: number) => void
}

/** The records of a chunk that is being made: from which position of the listing on, and their digests. */
interface Range {
  readonly at: bigint
  readonly digests: BigInt64Array[]
}

/**
 * Reads a listing to its end, chunk by chunk: a chunk's rows, its rejects and its ledger entry commit together. While
 * PostgreSQL takes in one chunk the next is already read and digested; a large first load goes in by two connections
 * side by side.
 */
export async function readListing(context: RunContext, options: ReadOptions): Promise<ReadResult> {
  const { times, pulse } = context
  const digestChunk = await createChunkDigest()
  let { resumption: _, ...result }: ReadResult & Beginning = options.beginning
  await using writers = new Writers(context.client, options.lend, context.kind === 'fresh')
  const load = async (writer: Writer, chunk: Chunk, range: Range, sent: () => void) => {
    const accounts = await commitChunk(context, writer, {
      ...{ chunk, at: range.at, sent },
      digest: digestChunk(range.digests),
    })
    if (writers.several || writer.open >= commitBytes) await times.of('commit', () => commitOpen(writer))
    const chunks = Math.max(result.chunks, chunk.number + 1)
    result = { accounts: addAccounts(result.accounts, accounts), bytes: result.bytes + chunk.bytes, chunks }
    pulse.progress()
  }
  const start = async (chunk: Chunk, range: Range) => {
    const writer = await writers.free(chunk.number, chunk.bytes)
    const sent = Promise.withResolvers<void>()
    writer.busy = load(writer, chunk, range, sent.resolve)
    writer.busy.catch(() => {})
    // Preparing the next chunk keeps this thread busy: not before the bytes of this one are on their way.
    await Promise.race([sent.promise, writer.busy])
  }
  try {
    await readChunks(context, options, start)
    await writers.finish()
  } catch (error) {
    await writers.abandon()
    throw error
  }
  return result
}

/** Makes chunks of what is to be loaded. A chunk holds records that lie side by side in the listing, no others. */
async function readChunks(
  context: RunContext,
  options: ReadOptions,
  start: (chunk: Chunk, range: Range) => Promise<void>,
): Promise<void> {
  const { times } = context
  const { loader, progress } = options
  let { read } = options.beginning.accounts
  let { bytes } = options.beginning
  let range: Range | undefined
  let end = 0n
  const close = async (chunk: Chunk | undefined) => {
    if (chunk === undefined || range === undefined) return
    const closed = range
    range = undefined
    await start(chunk, closed)
  }
  for await (const { batch, digests, at } of piecesOf(context, options)) {
    if (at !== end) await close(loader.rest())
    range ??= { at, digests: [] }
    range.digests.push(digests)
    await close(await times.of('prepare', () => loader.add(batch, digests)))
    end = at + BigInt(batch.count)
    read += BigInt(batch.count)
    bytes += recordBytes(batch)
    progress(read, bytes)
  }
  await close(times.ofNow('prepare', () => loader.rest()))
}

/** What is to be loaded, digested: all of the listing, but for what was committed before the run was lost. */
async function* piecesOf(
  { listing, times, pulse }: RunContext,
  { digester, beginning: { resumption } }: ReadOptions,
): AsyncGenerator<Piece> {
  for await (const batch of awaited(listing.batches(), times, pulse)) {
    if (batch.count === 0) continue
    const digests = batch.digests ?? times.ofNow('digest', () => digester.records(batch))
    yield* resumption.pieces(batch, digests)
  }
  resumption.finish()
}

/** The same batches; the time waited for each counts as reading, and the wait ends when the run has to. */
async function* awaited(
  batches: AsyncIterable<Batch>,
  times: StageTimes,
  pulse: Pulse,
): AsyncGenerator<Batch> {
  const reader = batches[Symbol.asyncIterator]()
  try {
    for (;;) {
      pulse.signal.throwIfAborted()
      pulse.waitFor('source')
      const { done, value } = await times.of('read', () => orAbort(reader.next(), pulse.signal))
      pulse.waitFor('store')
      if (done === true) return
      pulse.progress()
      yield value
    }
  } finally {
    // Where the source hangs its reader hangs too: what it holds goes with the listing.
    if (!pulse.signal.aborted) await reader.return?.()
  }
}

interface Committing {
  readonly chunk: Chunk
  readonly at: bigint
  readonly digest: bigint
  readonly sent: () => void
}

async function commitChunk(
  context: RunContext,
  writer: Writer,
  { chunk, at, digest, sent }: Committing,
): Promise<Accounts> {
  const { client } = writer
  const { runId, fence, datasetId, seed } = context
  const { number, bytes, first, last } = chunk
  // What a chunk loads is seen by nobody before the run is published, and that commit waits for the disk.
  if (writer.open === 0) await client.query('begin; set local synchronous_commit to off')
  writer.open += bytes + 1
  const accounts = await chunk.load(client, sent)
  await context.rejections.write(client, { id: runId, datasetId, seed, now: new Date(context.clock()) })
  const entry = {
    ...{ runId, fence, datasetId, dataset: context.dataset.code },
    ...{ chunk: number, kind: 'chunk' as const, accounts, bytes, digest },
    place: { first, last, at: String(at) },
  }
  await context.times.of('commit', () => writeEntry(client, entry))
  return accounts
}
