import { literal, qualified, quote } from '../../../src/store/identifiers.ts'
import type { Dataset, Item } from '../list/types.ts'

/** Name of the schema in which department databases keep their tables. */
export const tableSchema = 'ywk'

export function tableName(dataset: Dataset): string {
  return qualified(tableSchema, dataset.thing)
}

/** The native type of a column. */
function columnType(dataset: Dataset, item: Item): string {
  if (item.map !== undefined) return 'char(1)'
  if (item.type === 'text') return item.maxLength === undefined ? 'text' : `varchar(${item.maxLength})`
  if (item.type === 'integer') return dataset.mode === 'append' ? 'bigint' : 'integer'
  if (item.type === 'decimal') return `numeric(${item.precision ?? 18},${item.scale ?? 2})`
  return item.type === 'datetime' ? 'timestamp(6)' : item.type
}

/** Creates the table of a dataset, without its key. */
export function createTable(dataset: Dataset): string {
  const columns = dataset.items.map(
    (item) => `${quote(item.field)} ${columnType(dataset, item)}${item.required === true ? ' not null' : ''}`,
  )
  return `create table ${tableName(dataset)} (${columns.join(', ')})`
}

/** What follows the load: the key, comments, and an index where readers ask by time of change. */
export function finishTable(dataset: Dataset): readonly string[] {
  const table = tableName(dataset)
  const keys = keyFields(dataset).map(quote)
  const comments = dataset.items.map(
    (item) => `comment on column ${table}.${quote(item.field)} is ${literal(item.name)}`,
  )
  return [
    `alter table ${table} add primary key (${keys.join(', ')})`,
    `comment on table ${table} is ${literal(`${dataset.name}(合成数据)`)}`,
    ...comments,
    ...(dataset.mode === 'incremental' ? [`create index on ${table} (gxsj)`] : []),
    `analyze ${table}`,
  ]
}

export function keyFields(dataset: Dataset): readonly string[] {
  return dataset.items.filter((item) => item.key === true).map((item) => item.field)
}
