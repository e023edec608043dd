import { createHash } from 'node:crypto'
import createHasher from 'xxhash-wasm'
import type {
  DatasetDocument,
  HarvestDocument,
  ItemDocument,
} from '../../catalog-schema/documents/documents.ts'
import type { Batch } from '../connector.ts'

/** Changes when the way records are digested changes: every stored digest is then made anew. */
const algorithm = 'xxh64/1'

/**
 * What a stored digest rests on besides the record itself: the items, their checks, the mapping, and which fields
 * are read. When any of it changes, every record is read afresh.
 */
export function seedOf(
  dataset: DatasetDocument,
  harvest: HarvestDocument,
  fields: readonly string[],
): string {
  const basis = JSON.stringify([
    algorithm,
    fields,
    dataset.items.map(meaning),
    dataset.rules.map((rule) => rule.sql),
    harvest.items,
    harvest.read,
  ])
  return createHash('sha256').update(basis).digest('hex').slice(0, 16)
}

/** What decides how an item's text is read and checked; titles and descriptions do not. */
function meaning(item: ItemDocument): unknown[] {
  const { code, type, key, required, precision, scale, maxLength, pattern, min, max, semantic } = item
  return [code, type, key, required, precision, scale, maxLength, pattern, item.enum, min, max, semantic]
}

export interface Digester {
  /** The 64-bit digest of every record of the batch, signed as PostgreSQL's bigint is. */
  digest(batch: Batch): BigInt64Array
}

/** XXH64 over the raw bytes of each record, seeded with the first eight bytes of `seed` (hex). */
export async function createDigester(seed: string): Promise<Digester> {
  const { h64Raw } = await createHasher()
  const number = BigInt(`0x${seed}`)
  return {
    digest(batch) {
      const digests = new BigInt64Array(batch.count)
      const unsigned = new BigUint64Array(digests.buffer)
      const { bytes, starts, ends } = batch
      const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (let index = 0; index < batch.count; index += 1) {
        unsigned[index] = h64Raw(view.subarray(starts[index], ends[index]), number)
      }
      return digests
    },
  }
}
