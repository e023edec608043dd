import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { type Batch, type Issue, isIssue, type Listing } from '../../connector.ts'
import type { Rejection } from '../rejections.ts'
import { writeBigint, writeInt, writeRaw } from './encoders.ts'
import { FrameWriter, put16 } from './frame-writer.ts'
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
  /** Position in the chunk of the first of them; absent: the batch is the chunk. */
  readonly firstSeq?: number
  readonly encoder: RecordEncoder
  readonly trailing: Trailing
  readonly chunk: number
  readonly keyItems: readonly string[]
}

/** A record with texts that PostgreSQL has to be asked about. */
interface OddRow extends OddRecord {
  readonly job: Job
  readonly index: number
  readonly seq: number
}

/** Records encoded so far, and those that are odd. */
export interface EncodedRows {
  readonly writer: FrameWriter
  readonly rejections: Rejection[]
  readonly odd: OddRow[]
  count: number
}

export function noRowsYet(): EncodedRows {
  const writer = new FrameWriter()
  writer.begin()
  return { writer, rejections: [], odd: [], count: 0 }
}

/** After so many records whatever waits for this thread (a socket that could take more bytes) has its turn. */
const turnRecords = 512

/** The rows lane: decodes, normalises and encodes records; what cannot be read is set aside. No I/O. */
export async function encodeRows(job: Job, rows: EncodedRows = noRowsYet()): Promise<EncodedRows> {
  const { batch, encoder } = job
  const total = job.indexes?.length ?? batch.count
  for (let step = 0; step < total; step += 1) {
    if (step % turnRecords === turnRecords - 1) await setImmediate()
    const index = job.indexes === undefined ? step : (job.indexes[step] ?? 0)
    const seq = job.firstSeq === undefined ? index : job.firstSeq + step
    const fields = job.listing.decode(batch, index)
    const values = isIssue(fields) ? fields : encoder.normalise(fields)
    if (isIssue(values)) {
      rows.rejections.push(rejectionOf(job, index, values))
      continue
    }
    const unread = writeTuple(job, { index, seq }, values, rows.writer)
    if (unread.length > 0) rows.odd.push({ job, index, seq, values, odd: unread })
    else rows.count += 1
  }
  return rows
}

/** Completes encoded records with what PostgreSQL makes of the texts the encoders did not know. */
export async function finishRows(
  client: pg.ClientBase,
  encoder: RecordEncoder,
  rows: EncodedRows,
): Promise<RowFrames> {
  const judged = rows.odd.length === 0 ? 0 : await writeOdd(client, encoder, rows)
  return { frames: rows.writer.finish(), count: rows.count + judged, rejections: rows.rejections }
}

/** Writes one tuple; where a text could not be read nothing is left of it. */
function writeTuple(
  job: Job,
  { index, seq }: { readonly index: number; readonly seq: number },
  values: readonly FieldValue[],
  writer: FrameWriter,
): readonly number[] {
  const mark = writer.mark()
  const extra = job.trailing === 'digest' ? 1 : job.trailing === 'position' ? 3 : 5
  const head = writer.reserve(2)
  put16(writer.buffer, head, values.length + extra)
  writer.advance(2)
  const unread = job.encoder.write(values, writer)
  if (unread.length > 0) {
    writer.rewind(mark)
    return unread
  }
  writeTrailing(job, index, seq, writer)
  writer.seal()
  return unread
}

function writeTrailing(job: Job, index: number, seq: number, writer: FrameWriter): void {
  writeBigint(job.digests[index] ?? 0n, writer)
  if (job.trailing === 'digest') return
  writeInt(job.chunk, writer)
  writeInt(seq, writer)
  if (job.trailing === 'position') return
  writeRaw(rawOf(job.batch, index), writer)
  const place = Buffer.from(JSON.stringify(job.batch.place(index)))
  writeRaw(Buffer.concat([Buffer.from([1]), place]), writer)
}

async function writeOdd(client: pg.ClientBase, encoder: RecordEncoder, rows: EncodedRows): Promise<number> {
  let count = 0
  const answers = await judgeOddRecords(client, encoder, rows.odd)
  answers.forEach((answer, at) => {
    const row = rows.odd[at]
    if (row === undefined) return
    if (!Array.isArray(answer)) {
      rows.rejections.push(rejectionOf(row.job, row.index, answer))
      return
    }
    writeTuple(row.job, row, answer, rows.writer)
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
