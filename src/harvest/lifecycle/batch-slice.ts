import type { Batch, Listing } from '../../connector.ts'

/** Some records of a batch that lie side by side, as a batch. The connector decodes them in the batch they came in. */
export interface BatchSlice extends Batch {
  readonly whole: Batch
  readonly from: number
}

/** Records `from` up to, not including, `until`. The bytes are shared. */
export function sliceBatch(whole: Batch, from: number, until: number): Batch {
  if (from === 0 && until === whole.count) return whole
  const irregular = whole.irregular?.filter((at) => at >= from && at < until).map((at) => at - from)
  const slice: BatchSlice = {
    whole,
    from,
    bytes: whole.bytes,
    starts: whole.starts.subarray(from, until),
    ends: whole.ends.subarray(from, until),
    count: until - from,
    ...(irregular === undefined ? {} : { irregular }),
    place: (index) => whole.place(from + index),
  }
  return slice
}

/** The same listing, which also decodes records of slices of its batches. */
export function decodingSlices(listing: Listing): Listing {
  const { unchanged, unchangedBy, fields, publishedAt, bytes, declared, copy } = listing
  return {
    unchanged,
    fields,
    ...(unchangedBy === undefined ? {} : { unchangedBy }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(declared === undefined ? {} : { declared }),
    ...(copy === undefined ? {} : { copy }),
    batches: () => listing.batches(),
    decode: (batch, index) =>
      isSlice(batch) ? listing.decode(batch.whole, batch.from + index) : listing.decode(batch, index),
    end: () => listing.end(),
    [Symbol.asyncDispose]: () => listing[Symbol.asyncDispose](),
  }
}

function isSlice(batch: Batch): batch is BatchSlice {
  return 'whole' in batch && 'from' in batch
}
