import type { Listing, Place } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import type { Xxh64 } from '../records/wasm/xxh64.ts'
import { rawOf } from './encode/row-frames.ts'

/** A record as the source gives it, with its position in the listing. */
export interface FoundRecord {
  readonly raw: Buffer
  readonly place: Place
  readonly order: number
}

/**
 * Reads the source a second time for the bytes, places and order of records that share their key with others. Only
 * a first load with conflicting keys pays for this; a clean one keeps nothing in memory.
 */
export async function recoverRaw(
  listing: Listing,
  digester: Xxh64,
  digests: readonly bigint[],
  about: { readonly dataset: string; readonly source: string },
): Promise<Map<bigint, FoundRecord>> {
  const wanted = new Set(digests)
  const found = new Map<bigint, FoundRecord>()
  for await (const batch of listing.batches()) {
    const those = batch.digests ?? digester.records(batch)
    for (let index = 0; index < batch.count && wanted.size > 0; index += 1) {
      const digest = those[index] ?? 0n
      if (!wanted.delete(digest)) continue
      const raw = Buffer.from(rawOf(batch, index))
      found.set(digest, { raw, place: batch.place(index), order: found.size })
    }
    if (wanted.size === 0) break
  }
  if (wanted.size > 0) throw new GuijiError('SOURCE_CHANGED_WHILE_READ', about)
  return found
}
