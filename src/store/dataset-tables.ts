import type pg from 'pg'
import type { DatasetDocument } from '../../catalog-schema/documents/documents.ts'
import { dropDatasetViews } from '../access/dataset-views.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { quote } from './identifiers.ts'
import {
  allColumns,
  type Column,
  columnDefinitions,
  columnList,
  goneTable,
  identityIndex,
  type Layout,
  layoutOf,
  storeTable,
} from './layout.ts'
import { ensurePartitions, restPartition } from './partitions.ts'

export interface TableOptions {
  readonly allowLoss: boolean
  /** The dataset is to be partitioned in another way than its table is. */
  readonly repartition?: boolean
}

/** Type changes that keep every value: from → to. */
const widenings: Readonly<Record<string, readonly string[]>> = {
  bigint: ['numeric', 'text'],
  numeric: ['text'],
  boolean: ['text'],
  date: ['timestamp without time zone', 'text'],
  'time without time zone': ['text'],
  'timestamp without time zone': ['text'],
  'timestamp with time zone': ['text'],
  uuid: ['text'],
  jsonb: ['text'],
}

/** PostgreSQL's own names of the types a layout uses. */
const catalogNames: Readonly<Record<string, string>> = {
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
}

/**
 * Makes the store table and its `gone` twin hold the dataset's items: creates them, adds columns, widens types.
 * A change that would lose data (a narrower type, a column that goes) is refused unless `allowLoss`. The views of a
 * dataset whose columns change are dropped: the caller makes them again.
 */
export async function ensureTables(
  client: pg.ClientBase,
  dataset: DatasetDocument,
  options: TableOptions,
): Promise<void> {
  const layout = layoutOf(dataset)
  const existing = await existingColumns(client, layout.table)
  if (existing.size === 0) {
    await createStoreTable(client, layout)
    await createGoneTable(client, layout)
    return
  }
  for (const table of [storeTable(layout), goneTable(layout)]) {
    for (const column of layout.columns)
      await alignColumn(client, dataset.code, table, column, existing, options)
  }
  if (options.allowLoss) await dropRetired(client, dataset.code, layout, existing)
  if (options.repartition) await rebuild(client, dataset.code, layout)
  else await alignIdentity(client, layout)
}

/**
 * PostgreSQL cannot partition a table that stands: its rows move through a copy into one that is made anew. Costs a
 * write of every row, once.
 */
async function rebuild(client: pg.ClientBase, dataset: string, layout: Layout): Promise<void> {
  await dropDatasetViews(client, dataset)
  const table = storeTable(layout)
  await client.query(`create temp table moved on commit drop as select * from ${table}`)
  await client.query(`drop table ${table}`)
  await createStoreTable(client, layout)
  await ensurePartitions(client, layout, { relation: 'pg_temp.moved', which: 'true' })
  const columns = columnList(allColumns(layout))
  await client.query(`insert into ${table} (${columns}) select ${columns} from pg_temp.moved`)
  await client.query('drop table pg_temp.moved')
}

async function createStoreTable(client: pg.ClientBase, layout: Layout): Promise<void> {
  const partition = layout.partition ? ` partition by range (${quote(layout.partition.by)})` : ''
  await client.query(`create table ${storeTable(layout)} (${columnDefinitions(layout)})${partition}`)
  if (layout.partition) {
    await client.query(`create table ${restPartition(layout)} partition of ${storeTable(layout)} default`)
  }
  await createIdentity(client, layout)
}

async function createGoneTable(client: pg.ClientBase, layout: Layout): Promise<void> {
  await client.query(
    `create table ${goneTable(layout)} (${columnDefinitions(layout)}, _gone_run bigint not null, _gone_at timestamptz not null)`,
  )
  await client.query(`create index on ${goneTable(layout)} (${columnList(layout.identity)})`)
}

/** A partitioned table can only be unique over columns that hold the partition's own. */
async function createIdentity(client: pg.ClientBase, layout: Layout): Promise<void> {
  const by = layout.partition?.by
  const columns = by && !layout.identity.includes(by) ? [...layout.identity, by] : layout.identity
  await client.query(
    `create unique index ${quote(identityIndex(layout.table))} on ${storeTable(layout)} (${columnList(columns)})`,
  )
}

async function existingColumns(client: pg.ClientBase, table: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'store' and c.relname = $1 and a.attnum > 0 and not a.attisdropped`,
    [table],
  )
  return new Map(rows.map((row) => [row.name, row.type]))
}

async function alignColumn(
  client: pg.ClientBase,
  dataset: string,
  table: string,
  column: Column,
  existing: ReadonlyMap<string, string>,
  options: { readonly allowLoss: boolean },
): Promise<void> {
  const found = existing.get(column.name)
  const wanted = catalogNames[column.type] ?? column.type
  if (found === wanted) return
  const name = quote(column.name)
  if (found === undefined) {
    await client.query(`alter table ${table} add column ${name} ${column.type}`)
    return
  }
  if (!(widenings[found] ?? []).includes(wanted) && !options.allowLoss) {
    throw new GuijiError('CHANGE_LOSES_DATA', { dataset, item: column.name, found, wanted })
  }
  await dropDatasetViews(client, dataset)
  await client.query(
    `alter table ${table} alter column ${name} type ${column.type} using (${name}::text)::${column.type}`,
  )
}

async function dropRetired(
  client: pg.ClientBase,
  dataset: string,
  layout: Layout,
  existing: ReadonlyMap<string, string>,
): Promise<void> {
  const kept = new Set(layout.columns.map((column) => column.name))
  for (const name of existing.keys()) {
    if (kept.has(name) || name.startsWith('_')) continue
    await dropDatasetViews(client, dataset)
    for (const table of [storeTable(layout), goneTable(layout)]) {
      await client.query(`alter table ${table} drop column if exists ${quote(name)}`)
    }
  }
}

/** Rebuilds the unique index when the key items changed. */
async function alignIdentity(client: pg.ClientBase, layout: Layout): Promise<void> {
  const { rows } = await client.query<{ columns: string[] }>(
    `select array_agg(a.attname::text order by k.position) as columns
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace,
       unnest(i.indkey) with ordinality as k (attnum, position)
       join pg_attribute a on a.attnum = k.attnum
     where n.nspname = 'store' and c.relname = $1 and a.attrelid = i.indrelid`,
    [identityIndex(layout.table)],
  )
  const found = rows[0]?.columns ?? []
  const by = layout.partition?.by
  const wanted = by && !layout.identity.includes(by) ? [...layout.identity, by] : layout.identity
  if (found.length === wanted.length && wanted.every((name, position) => found[position] === name)) return
  await client.query(`drop index if exists ${quote('store')}.${quote(identityIndex(layout.table))}`)
  await createIdentity(client, layout)
}
