import type { Batch, Place } from '../connector.ts'
import { accountsOf } from './accounts.ts'
import { recordBytes } from './checked-rows.ts'
import type { Chunk, ChunkLoader } from './chunk.ts'
import { type EncodedRows, encodeRows, noRowsYet } from './encode/row-frames.ts'
import { halvesOf } from './known/halves.ts'
import type { KnownRecords } from './known/known-records.ts'
import { writePages } from './known/listing-pages.ts'
import type { NewPage, PageOrder } from './known/page-order.ts'
import { keyItems, type RunContext } from './run-context.ts'
import { stageRows } from './stage-rows.ts'

/** A chunk is closed when so many bytes wait to be staged … */
const stagedBytes = 1 << 20
/** … or when records of so many bytes have been passed over: the run shows that it lives. */
const passedBytes = 64 << 20
/** … or when batches of so many bytes are held for texts that PostgreSQL has to judge. */
const retainedBytes = 16 << 20

/** What a delta is compared with; absent where every record is staged. */
export interface Comparison {
  readonly known: KnownRecords
  readonly order: PageOrder
}

interface Pending {
  readonly rows: EncodedRows
  readonly first: Place
  last: Place
  bytes: number
  retained: number
  seq: number
  unchanged: bigint
  rejected: bigint
  duplicate: bigint
}

/**
 * Loads a listing against rows that are held: records that are known are passed over undecoded; the others are
 * decoded, staged, checked and told apart by what the store holds under their identity. A chunk gathers what is new
 * in many batches, so that a few changes in a long listing cost a few statements.
 */
export function deltaLoader(
  context: RunContext,
  firstChunk: number,
  comparison: Comparison | undefined,
): ChunkLoader {
  let pending: Pending | undefined
  let number = firstChunk
  const close = (): Chunk | undefined => {
    const ready = pending
    if (ready === undefined) return undefined
    pending = undefined
    const chunk = chunkOf(context, ready, { number, pages: comparison?.order.take() ?? [] })
    number += 1
    return chunk
  }
  return {
    async add(batch, digests) {
      pending ??= emptyPending(batch)
      await take(context, pending, { batch, digests, known: comparison?.known, number })
      const { rows, bytes, retained } = pending
      const full = rows.writer.size >= stagedBytes || bytes >= passedBytes || retained >= retainedBytes
      return full ? close() : undefined
    },
    rest: close,
  }
}

function emptyPending(batch: Batch): Pending {
  const first = batch.place(0)
  const counts = { unchanged: 0n, rejected: 0n, duplicate: 0n }
  return { rows: noRowsYet(), first, last: first, bytes: 0, retained: 0, seq: 0, ...counts }
}

interface Taken {
  readonly batch: Batch
  readonly digests: BigInt64Array
  readonly known: KnownRecords | undefined
  readonly number: number
}

/** Passes over what is known in a batch and encodes the rest. */
async function take(
  context: RunContext,
  pending: Pending,
  { batch, digests, known, number }: Taken,
): Promise<void> {
  const seen = known?.see(halvesOf(digests))
  pending.unchanged += BigInt(seen?.unchanged ?? 0)
  pending.duplicate += BigInt(seen?.duplicate ?? 0)
  for (const index of seen?.rejected ?? []) {
    if (context.rejections.addKnown(digests[index] ?? 0n)) pending.rejected += 1n
    else pending.duplicate += 1n
  }
  pending.bytes += recordBytes(batch)
  pending.last = batch.place(batch.count - 1)
  const fresh = seen === undefined ? batch.count : seen.fresh.length
  if (fresh === 0) {
    batch.release?.()
    return
  }
  const { listing, encoder } = context
  const { rows, seq: firstSeq } = pending
  const oddBefore = rows.odd.length
  await encodeRows(
    {
      ...{ listing, batch, digests, encoder, keyItems: keyItems(context), firstSeq },
      ...(seen === undefined ? {} : { indexes: seen.fresh }),
      trailing: 'whole',
      chunk: number,
    },
    rows,
  )
  pending.seq += fresh
  if (rows.odd.length > oddBefore) pending.retained += batch.bytes.length
  else batch.release?.()
}

function chunkOf(
  context: RunContext,
  pending: Pending,
  { number, pages }: { readonly number: number; readonly pages: readonly NewPage[] },
): Chunk {
  const { first, last, bytes, rows } = pending
  return {
    ...{ number, bytes, first, last },
    load: async (client, sent) => {
      await writePages(client, context.datasetId, pages)
      const staged = await stageRows(context, client, { number, rows, sent })
      return accountsOf({
        ...staged,
        unchanged: pending.unchanged + staged.unchanged,
        rejected: pending.rejected + staged.rejected,
        duplicate: pending.duplicate + staged.duplicate,
      })
    },
  }
}
