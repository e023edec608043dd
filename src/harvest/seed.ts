import { createHash } from 'node:crypto'
import type {
  DatasetDocument,
  HarvestDocument,
  ItemDocument,
} from '../../catalog-schema/documents/documents.ts'
import type { Listing } from '../connector.ts'

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
export function listingSeedOf(
  seed: string,
  { fields, copy, digestedBy }: Pick<Listing, 'fields' | 'copy' | 'digestedBy'>,
): string {
  const basis = JSON.stringify([seed, fields, copy?.types, copy?.encoding, digestedBy])
  return `${seed}${createHash('sha256').update(basis).digest('hex').slice(0, 16)}`
}

/** Without a key a record's digest is what makes it itself: it must outlive a change of the mapping. */
export function digestSeedOf(seed: string, keyed: boolean): string {
  return keyed ? seed.slice(-16) : '0'
}
