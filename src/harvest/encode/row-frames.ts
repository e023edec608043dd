import type pg from 'pg'
import { type Batch, type Issue, isIssue, type Listing } from '../../connector.ts'
import type { Rejection } from '../rejections.ts'
import { writeBigint, writeInt, writeRaw } from './encoders.ts'
import { FrameWriter } from './frame-writer.ts'
import { judgeOddRecords } from './odd-texts.ts'
import type { FieldValue, OddRecord, RecordEncoder } from './record-encoder.ts'

/** What stands behind the items in each tuple: only the digest, or all that a delta needs. */
export type Trailing = 'digest' | 'position' | 'whole'

export interface RowFrames {
  readonly frames: Buffer[]
  readonly count: number
  readonly rejections: readonly Rejection[]
}

/** Which records to encode, and how. */
export interface Job {
  readonly listing: Listing
  readonly batch: Batch
  readonly digests: BigInt64Array
  /** Which records of the batch; absent: all. */
  readonly indexes?: readonly number[]
  readonly encoder: RecordEncoder
  readonly trailing: Trailing
  readonly chunk: number
  readonly keyItems: readonly string[]
}

/** Records encoded so far, and those with texts that PostgreSQL has to be asked about. */
export interface EncodedRows {
  readonly writer: FrameWriter
  readonly rejections: Rejection[]
  readonly odd: readonly (OddRecord & { readonly index: number })[]
  readonly count: number
}

/** The rows lane: decodes, normalises and encodes records; what cannot be read is set aside. No I/O. */
export function encodeRows(job: Job): EncodedRows {
  const { batch, encoder } = job
  const writer = new FrameWriter()
  const rejections: Rejection[] = []
  const odd: (OddRecord & { readonly index: number })[] = []
  let count = 0
  writer.begin()
  const total = job.indexes?.length ?? batch.count
  for (let step = 0; step < total; step += 1) {
    const index = job.indexes === undefined ? step : (job.indexes[step] ?? 0)
    const fields = job.listing.decode(batch, index)
    const values = isIssue(fields) ? fields : encoder.normalise(fields)
    if (isIssue(values)) {
      rejections.push(rejectionOf(job, index, values))
      continue
    }
    const unread = writeTuple(job, index, values, writer)
    if (unread.length > 0) odd.push({ index, values, odd: unread })
    else count += 1
  }
  return { writer, rejections, odd, count }
}

/** Completes encoded records with what PostgreSQL makes of the texts the encoders did not know. */
export async function finishRows(client: pg.ClientBase, job: Job, encoded: EncodedRows): Promise<RowFrames> {
  const { writer, rejections, odd } = encoded
  const judged = odd.length === 0 ? 0 : await writeOdd(client, job, odd, writer, rejections)
  return { frames: writer.finish(), count: encoded.count + judged, rejections }
}

/** Writes one tuple; where a text could not be read nothing is left of it. */
function writeTuple(
  job: Job,
  index: number,
  values: readonly FieldValue[],
  writer: FrameWriter,
): readonly number[] {
  const mark = writer.mark()
  const extra = job.trailing === 'digest' ? 1 : job.trailing === 'position' ? 3 : 5
  const head = writer.reserve(2)
  head.buffer.writeInt16BE(values.length + extra, head.at)
  writer.advance(2)
  const unread = job.encoder.write(values, writer)
  if (unread.length > 0) {
    writer.rewind(mark)
    return unread
  }
  writeTrailing(job, index, writer)
  writer.seal()
  return unread
}

function writeTrailing(job: Job, index: number, writer: FrameWriter): void {
  writeBigint(job.digests[index] ?? 0n, writer)
  if (job.trailing === 'digest') return
  writeInt(job.chunk, writer)
  writeInt(index, writer)
  if (job.trailing === 'position') return
  writeRaw(rawOf(job.batch, index), writer)
  const place = Buffer.from(JSON.stringify(job.batch.place(index)))
  writeRaw(Buffer.concat([Buffer.from([1]), place]), writer)
}

async function writeOdd(
  client: pg.ClientBase,
  job: Job,
  odd: readonly (OddRecord & { readonly index: number })[],
  writer: FrameWriter,
  rejections: Rejection[],
): Promise<number> {
  let count = 0
  const answers = await judgeOddRecords(client, job.encoder, odd)
  answers.forEach((answer, at) => {
    const index = odd[at]?.index ?? 0
    if (!Array.isArray(answer)) {
      rejections.push(rejectionOf(job, index, answer))
      return
    }
    writeTuple(job, index, answer, writer)
    count += 1
  })
  return count
}

export function rejectionOf(
  job: Pick<Job, 'batch' | 'digests' | 'listing' | 'encoder' | 'keyItems'>,
  index: number,
  issue: Issue,
): Rejection {
  const digest = job.digests[index] ?? 0n
  const raw = Buffer.from(rawOf(job.batch, index))
  const base = { digest, issue, place: job.batch.place(index), raw }
  if (issue.column !== undefined && job.keyItems.includes(issue.column)) return base
  const fields = job.listing.decode(job.batch, index)
  const key = isIssue(fields) ? undefined : job.encoder.keyOf(fields)
  return key === undefined ? base : { ...base, key }
}

export function rawOf(batch: Batch, index: number): Buffer {
  return batch.bytes.subarray(batch.starts[index], batch.ends[index])
}
