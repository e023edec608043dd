import { createHash } from 'node:crypto'
import createHasher from 'xxhash-wasm'
import type {
  DatasetDocument,
  HarvestDocument,
  ItemDocument,
} from '../../catalog-schema/documents/documents.ts'
import type { Batch, Listing } from '../connector.ts'

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

/**
 * The seed of a run: `seed` and, behind it, what the listing itself says of how its records are to be read. Bytes that
 * stay while the header, the column types or the encoding change mean something else.
 */
export function listingSeedOf(seed: string, { fields, copy }: Pick<Listing, 'fields' | 'copy'>): string {
  const basis = JSON.stringify([seed, fields, copy?.types, copy?.encoding])
  return `${seed}${createHash('sha256').update(basis).digest('hex').slice(0, 16)}`
}

/** Without a key a record's digest is what makes it itself: it must outlive a change of the mapping. */
export function digestSeedOf(seed: string, keyed: boolean): string {
  return keyed ? seed.slice(-16) : '0'
}

export interface Digester {
  /** The 64-bit digest of every record of the batch, signed as PostgreSQL's bigint is. */
  digest(batch: Batch): BigInt64Array
}

/** XXH64 over the raw bytes of each record, seeded with `seed` (at most 16 hex digits). */
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
