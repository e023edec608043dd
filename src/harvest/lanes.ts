import type { DatasetDocument, HarvestDocument } from '../../catalog-schema/documents/documents.ts'
import { itemTypes } from '../../catalog-schema/vocabulary/item-types.ts'
import type { Listing } from '../connector.ts'
import { mappingOf } from './encode/record-encoder.ts'
import { isPlain } from './normalise.ts'

/** How records reach the store. `bytes`: PostgreSQL reads the source's own bytes; `rows`: they are decoded first. */
export type Lane = 'bytes' | 'rows'

export interface LaneChoice {
  readonly lane: Lane
  /** Why not the bytes lane; shown by `guiji plan`. */
  readonly reason?: string
  /** bytes: the item column of each source field, in the source's order. */
  readonly columns: readonly string[]
  /** bytes, csv: columns in which an empty quoted field means no value too. */
  readonly forceNull: readonly string[]
}

/** The bytes lane serves where nothing stands between the source's fields and the items but PostgreSQL's own reading. */
export function chooseLane(dataset: DatasetDocument, harvest: HarvestDocument, listing: Listing): LaneChoice {
  const rows = (reason: string): LaneChoice => ({ lane: 'rows', reason, columns: [], forceNull: [] })
  const copy = listing.copy
  if (copy === undefined) return rows('the source does not give bytes that COPY can read')
  const columns: string[] = []
  for (const field of listing.fields) {
    const items = dataset.items.filter((item) => mappingOf(harvest, item.code).from === field)
    const item = items[0]
    if (item === undefined) return rows(`field ${field} is not on the list`)
    if (items.length > 1) return rows(`field ${field} fills more than one item`)
    if (!isPlain(mappingOf(harvest, item.code))) return rows(`item ${item.code} is normalised`)
    columns.push(item.code)
  }
  if (columns.length !== dataset.items.length) return rows('the source lacks an item')
  if (copy.format === 'binary') {
    const differs = columns.find((name, at) => {
      const item = dataset.items.find((candidate) => candidate.code === name)
      return item === undefined || itemTypes[item.type] !== copy.types?.[at]
    })
    if (differs !== undefined) return rows(`the type of ${differs} differs from the source's`)
  }
  const forceNull = columns.filter((name) => mappingOf(harvest, name).empty === 'null')
  return { lane: 'bytes', columns, forceNull }
}
