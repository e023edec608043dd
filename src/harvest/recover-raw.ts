import type { Listing } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import type { Digester } from './digest.ts'
import { rawOf } from './encode/row-frames.ts'
import type { Rejection } from './rejections.ts'
import type { Loser } from './settle/publish-fresh.ts'

/**
 * Reads the source a second time for the bytes and places of records that lost against an earlier one with their
 * key. Only a first load with conflicting keys pays for this; a clean one keeps nothing in memory.
 */
export async function recoverRaw(
  listing: Listing,
  digester: Digester,
  losers: readonly Loser[],
  about: { readonly dataset: string; readonly source: string },
): Promise<Rejection[]> {
  const wanted = new Map(losers.map((loser) => [loser.digest, loser]))
  const found: Rejection[] = []
  for await (const batch of listing.batches()) {
    const digests = digester.digest(batch)
    for (let index = 0; index < batch.count && wanted.size > 0; index += 1) {
      const digest = digests[index] ?? 0n
      const loser = wanted.get(digest)
      if (loser === undefined) continue
      wanted.delete(digest)
      const raw = Buffer.from(rawOf(batch, index))
      found.push({ digest, issue: loser.issue, place: batch.place(index), raw, key: loser.key })
    }
    if (wanted.size === 0) break
  }
  if (wanted.size > 0) throw new GuijiError('SOURCE_CHANGED_WHILE_READ', about)
  return found
}
