import type pg from 'pg'
import type { Batch } from '../connector.ts'
import { writeEntry } from '../ledger/ledger.ts'
import { type Accounts, addAccounts } from './accounts.ts'
import { recordBytes } from './checked-rows.ts'
import type { Digester } from './digest.ts'
import type { Beginning } from './lifecycle/beginning.ts'
import type { Pulse } from './lifecycle/held-run.ts'
import { orAbort } from './lifecycle/or-abort.ts'
import { type ChunkDigest, createChunkDigest, type Piece } from './lifecycle/resumption.ts'
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
  /** Nothing, or what the run had committed before it was lost. */
  readonly beginning: Beginning
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
  const { times, pulse } = context
  const digestChunk = await createChunkDigest()
  let { resumption: _, ...result }: ReadResult & Beginning = options.beginning
  await using writers = new Writers(context.client, options.lend, context.kind === 'fresh')
  const load = async (writer: Writer, piece: Piece, work: LoadChunk, chunk: number, sent: () => void) => {
    const bytes = recordBytes(piece.batch)
    const accounts = await commitChunk(context, writer, { piece, work, chunk, bytes, sent, digestChunk })
    if (writers.several || writer.open >= commitBytes) await times.of('commit', () => commitOpen(writer))
    const chunks = Math.max(result.chunks, chunk + 1)
    result = { accounts: addAccounts(result.accounts, accounts), bytes: result.bytes + bytes, chunks }
    pulse.progress()
    options.progress(result.accounts.read, result.bytes)
  }
  try {
    let chunk = result.chunks
    for await (const piece of piecesOf(context, options)) {
      const { batch, digests } = piece
      const work = times.ofNow('prepare', () => options.prepare(batch, digests, chunk))
      const writer = await writers.free(chunk, batch.bytes.length)
      const sent = Promise.withResolvers<void>()
      writer.busy = load(writer, piece, work, chunk, sent.resolve)
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

/** What is to be loaded, digested: all of the listing, but for what was committed before the run was lost. */
async function* piecesOf(
  { listing, times, pulse }: RunContext,
  { digester, beginning: { resumption } }: ReadOptions,
): AsyncGenerator<Piece> {
  for await (const batch of awaited(listing.batches(), times, pulse)) {
    if (batch.count === 0) continue
    const digests = times.ofNow('digest', () => digester.digest(batch))
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

interface Chunk {
  readonly piece: Piece
  readonly work: LoadChunk
  readonly chunk: number
  readonly bytes: number
  readonly sent: () => void
  readonly digestChunk: ChunkDigest
}

async function commitChunk(context: RunContext, writer: Writer, job: Chunk): Promise<Accounts> {
  const { chunk, bytes } = job
  const { batch, digests, at } = job.piece
  const { client } = writer
  const { runId, fence, datasetId, seed } = context
  if (writer.open === 0) await client.query('begin')
  writer.open += bytes + 1
  const accounts = await job.work(client, job.sent)
  await context.rejections.write(client, { id: runId, datasetId, seed, now: new Date(context.clock()) })
  const place = { first: batch.place(0), last: batch.place(batch.count - 1), at: String(at) }
  const digest = job.digestChunk(digests)
  const dataset = context.dataset.code
  const entry = {
    runId,
    fence,
    datasetId,
    dataset,
    chunk,
    kind: 'chunk' as const,
    accounts,
    bytes,
    place,
    digest,
  }
  await context.times.of('commit', () => writeEntry(client, entry))
  return accounts
}
