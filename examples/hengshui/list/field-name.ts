import type { Dataset, Item } from './types.ts'

/** What the source calls an item: offices head their workbooks with the titles, systems have column names. */
export function fieldName(dataset: Dataset, item: Item): string {
  return dataset.source.kind === 'excel' ? item.name : item.field
}
