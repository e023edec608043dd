import type { DatasetDocument, ItemDocument } from '../../catalog-schema/documents/documents.ts'
import { itemTypes } from '../../catalog-schema/vocabulary/item-types.ts'
import { fitIdentifier, qualified, quote } from './identifiers.ts'

/** One column of a dataset's table: an item and the PostgreSQL type that holds it. */
export interface Column {
  readonly name: string
  readonly type: string
}

/** The tables of one dataset. Every statement that names them takes its names from here. */
export interface Layout {
  /** Name of the table in the schemas `store` and `gone`. */
  readonly table: string
  /** The items, in order. */
  readonly columns: readonly Column[]
  /** What makes a row itself: the key items, or the record's digest where there is no key. */
  readonly identity: readonly string[]
  readonly keyed: boolean
  readonly partition?: { readonly by: string; readonly every: 'day' | 'month' | 'year' }
}

/** 64-bit digest of the raw source record, under the seed in `dataset_state`. */
export const digestColumn = '_digest'
/** The run that wrote the row. */
export const runColumn = '_run'

export function layoutOf(dataset: DatasetDocument): Layout {
  const key = dataset.items.filter((item) => item.key).map((item) => item.code)
  return {
    table: fitIdentifier(dataset.code),
    columns: dataset.items.map(columnOf),
    identity: key.length > 0 ? key : [digestColumn],
    keyed: key.length > 0,
    ...(dataset.partition ? { partition: dataset.partition } : {}),
  }
}

export function columnOf(item: ItemDocument): Column {
  return { name: item.code, type: itemTypes[item.type] }
}

export const storeTable = (layout: Layout): string => qualified('store', layout.table)
export const goneTable = (layout: Layout): string => qualified('gone', layout.table)
export const loadTable = (runId: bigint): string => qualified('load', `r${runId}`)

/** `"a", "b"`, each with the alias in front where one is given. */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias ? `${alias}.${quote(name)}` : quote(name))).join(', ')
}

/** `a."k" = b."k" and …` over the identity. */
export function sameIdentity(layout: Layout, left: string, right: string): string {
  return layout.identity.map((name) => `${left}.${quote(name)} = ${right}.${quote(name)}`).join(' and ')
}

/** Column definitions for a new table: items, then the system columns. */
export function columnDefinitions(layout: Layout): string {
  return [
    ...layout.columns.map((column) => `${quote(column.name)} ${column.type}`),
    `${quote(digestColumn)} bigint not null`,
    `${quote(runColumn)} bigint not null`,
  ].join(', ')
}

/** Names of all columns of the store table, in the order in which rows are moved. */
export function allColumns(layout: Layout): string[] {
  return [...layout.columns.map((column) => column.name), digestColumn, runColumn]
}

/** Name of the unique index that holds the identity of `table`. */
export function identityIndex(table: string): string {
  return fitIdentifier(`${table}__identity`)
}
