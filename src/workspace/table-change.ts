import type { ItemDocument } from '../../catalog-schema/documents/documents.ts'
import type { ItemType } from '../../catalog-schema/vocabulary/item-types.ts'

/** What a change of the documents asks of a dataset's table. */
export type TableChange =
  | 'created'
  | 'dropped'
  | 'item-added'
  | 'item-retired'
  /** A type that holds every value of the old one: altered in place. */
  | 'item-widened'
  /** A type that may not hold every value. */
  | 'item-retyped'
  /** Other key items: rows are identified anew. */
  | 'rekeyed'
  | 'repartitioned'

/** Types into which every value of a type goes without loss. All go into text. */
const wider: Partial<Record<ItemType, readonly ItemType[]>> = {
  integer: ['decimal'],
  date: ['datetime'],
}

/** What the change of one item asks of its column. Checks, titles and units ask nothing of it. */
export function itemChange(
  before: ItemDocument,
  after: ItemDocument,
): { readonly table?: TableChange; readonly losesData: boolean } {
  if (before.type === after.type) return { losesData: false }
  const widened = after.type === 'text' || wider[before.type]?.includes(after.type) === true
  return widened ? { table: 'item-widened', losesData: false } : { table: 'item-retyped', losesData: true }
}
