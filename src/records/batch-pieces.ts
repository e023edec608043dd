import type { Batch } from '../connector.ts'

/**
 * Records of one batch at most. A block of 4 MiB may hold two million of them, and what is made of each that does
 * not fit (its issue, its place, its copy) takes hundreds of bytes.
 */
export const MOST_RECORDS = 100_000

interface Marked extends Batch {
  readonly oversize: readonly number[]
}

/** The same records in batches of at most `most`. */
export function* inPieces<B extends Marked>(batch: B, most = MOST_RECORDS): Generator<B> {
  if (batch.count <= most) yield batch
  else for (let first = 0; first < batch.count; first += most) yield piece(batch, first, most)
}

function piece<B extends Marked>(batch: B, first: number, most: number): B {
  const last = Math.min(first + most, batch.count)
  const from = batch.starts[first] ?? 0
  const own = (marked: readonly number[]) =>
    marked.filter((index) => index >= first && index < last).map((index) => index - first)
  // All pieces share the memory of the whole: none of them may give it back.
  const { release: _, ...rest } = batch
  return {
    ...(rest as B),
    bytes: batch.bytes.subarray(from, batch.ends[last - 1]),
    starts: batch.starts.slice(first, last).map((start) => start - from),
    ends: batch.ends.slice(first, last).map((end) => end - from),
    count: last - first,
    oversize: own(batch.oversize),
    ...(batch.irregular && { irregular: own(batch.irregular) }),
    place: (index: number) => batch.place(first + index),
  }
}
