import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch, Issue, Listing } from '../connector.ts'

/** Several batches as one, for a source that gives few records at a time. */
interface Gathered extends Batch {
  readonly parts: readonly Batch[]
  /** Of each part, the position of its first record. */
  readonly firsts: readonly number[]
}

/** A batch smaller than this is put together with those that follow: each chunk costs some statements. */
const leastBytes = 1 << 20
/** Nor are more records than this put together: what is made of each takes memory of its own. */
const mostRecords = 50_000

/** Nor does a batch wait longer than this for another one. */
const patienceMilliseconds = 200

/** The same listing in batches that are worth a chunk. */
export function gatherBatches(listing: Listing): Listing {
  return {
    ...listing,
    batches: () => gathered(listing.batches()),
    decode: (batch, index) => decodePart(listing, batch, index),
    end: () => listing.end(),
    [Symbol.asyncDispose]: () => listing[Symbol.asyncDispose](),
  }
}

async function* gathered(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  const reader = batches[Symbol.asyncIterator]()
  let waiting: Batch[] = []
  // What fails while a batch is being worked on is told once that batch is done with.
  const ask = () => {
    const next = reader.next()
    next.catch(() => {})
    return next
  }
  let coming = ask()
  try {
    for (;;) {
      const next = waiting.length === 0 ? await coming : await inTime(coming)
      if (next?.done === true) break
      if (next !== undefined && next.value.count > 0) waiting.push(next.value)
      if (next !== undefined) coming = ask()
      if (next !== undefined && !isEnough(waiting)) continue
      yield together(waiting)
      waiting = []
    }
    if (waiting.length > 0) yield together(waiting)
  } finally {
    await reader.return?.()
  }
}

function isEnough(batches: readonly Batch[]): boolean {
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0)
  return bytes >= leastBytes || batches.reduce((sum, batch) => sum + batch.count, 0) >= mostRecords
}

/** Undefined where the source takes its time: what it gave so far is not kept waiting for more. */
async function inTime<Result>(coming: Promise<Result>): Promise<Result | undefined> {
  const stop = new AbortController()
  try {
    return await Promise.race([coming, sleep(patienceMilliseconds, undefined, { signal: stop.signal })])
  } finally {
    stop.abort()
  }
}

function together(parts: readonly Batch[]): Batch {
  const [only, second] = parts
  if (only !== undefined && second === undefined) return only
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const starts = new Uint32Array(count)
  const ends = new Uint32Array(count)
  const firsts: number[] = []
  const irregular: number[] = []
  let records = 0
  let offset = 0
  for (const part of parts) {
    firsts.push(records)
    irregular.push(...(part.irregular ?? []).map((index) => index + records))
    for (let index = 0; index < part.count; index += 1) {
      starts[records + index] = (part.starts[index] ?? 0) + offset
      ends[records + index] = (part.ends[index] ?? 0) + offset
    }
    records += part.count
    offset += part.bytes.length
  }
  const bytes = Buffer.concat(parts.map((part) => part.bytes))
  const digests = digestsOf(parts, count)
  const gathered: Gathered = {
    ...{ parts, firsts, bytes, starts, ends, count, irregular },
    ...(digests === undefined ? {} : { digests }),
    place: (index) => {
      const [part, at] = partOf(gathered, index)
      return part.place(at)
    },
    release: () => {
      for (const part of parts) part.release?.()
    },
  }
  return gathered
}

function digestsOf(parts: readonly Batch[], count: number): BigInt64Array | undefined {
  const all = new BigInt64Array(count)
  let at = 0
  for (const { digests } of parts) {
    if (digests === undefined) return undefined
    all.set(digests, at)
    at += digests.length
  }
  return all
}

function decodePart(listing: Listing, batch: Batch, index: number): readonly (string | null)[] | Issue {
  if (!('parts' in batch)) return listing.decode(batch, index)
  const [part, at] = partOf(batch as Gathered, index)
  return listing.decode(part, at)
}

function partOf({ parts, firsts }: Gathered, index: number): readonly [Batch, number] {
  let at = firsts.length - 1
  while ((firsts[at] ?? 0) > index) at -= 1
  const part = parts[at]
  if (part === undefined) throw new Error('every record is in one part')
  return [part, index - (firsts[at] ?? 0)]
}
