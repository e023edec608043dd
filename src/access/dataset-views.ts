import type pg from 'pg'
import type { DatasetDocument } from '../../catalog-schema/documents/documents.ts'
import { cycles } from '../../catalog-schema/vocabulary/cycles.ts'
import { sharingTypes } from '../../catalog-schema/vocabulary/sharing.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { fitIdentifier, literal, qualified, quote } from '../store/identifiers.ts'
import { layoutOf, storeTable } from '../store/layout.ts'
import { groupRole } from './roles.ts'

type OwedDataset = DatasetDocument & { readonly department: string }

/**
 * The two views analysts read: `<department>.<dataset>` with item codes as columns, and its twin named and
 * titled as on the published list. Neither shows a system column; both carry comments on everything.
 */
export async function refreshViews(client: pg.ClientBase, dataset: OwedDataset): Promise<void> {
  const twin = await twinName(client, dataset)
  await dropStale(client, dataset, [dataset.code, twin])
  await createView(client, dataset, dataset.code, (item) => item.code)
  const titles = uniqueTitles(dataset)
  await createView(client, dataset, twin, (item) => titles.get(item.code) ?? item.code)
}

async function createView(
  client: pg.ClientBase,
  dataset: OwedDataset,
  name: string,
  columnName: (item: DatasetDocument['items'][number]) => string,
): Promise<void> {
  const view = qualified(dataset.department, name)
  const columns = dataset.items.map((item) => `${quote(item.code)} as ${quote(columnName(item))}`)
  const query = `select ${columns.join(', ')} from ${storeTable(layoutOf(dataset))}`
  await replaceView(client, dataset, view, query)
  const comments = [
    `comment on view ${view} is ${literal(describeDataset(dataset))}`,
    ...dataset.items.map(
      (item) => `comment on column ${view}.${quote(columnName(item))} is ${literal(describeItem(item))}`,
    ),
    `revoke all on ${view} from public`,
    `grant select on ${view} to ${quote(await groupRole(client, dataset.sharing.type))}`,
  ]
  await client.query(comments.join(';\n'))
}

/** `create or replace` keeps views that others built on this one; only a changed shape needs a new view. */
async function replaceView(
  client: pg.ClientBase,
  dataset: OwedDataset,
  view: string,
  query: string,
): Promise<void> {
  await client.query('savepoint replace_view')
  try {
    await client.query(`create or replace view ${view} as ${query}`)
  } catch {
    await client.query('rollback to savepoint replace_view')
    try {
      await client.query(`drop view ${view}`)
    } catch (cause) {
      throw new GuijiError('VIEW_IN_USE', { dataset: dataset.code, view }, { cause })
    }
    await client.query(`create view ${view} as ${query}`)
  }
  await client.query('release savepoint replace_view')
}

/** Takes all views of a dataset away. */
export async function dropDatasetViews(client: pg.ClientBase, code: string): Promise<void> {
  for (const view of await viewsOf(client, qualified('store', fitIdentifier(code)))) {
    await dropView(client, code, view)
  }
}

async function dropView(client: pg.ClientBase, dataset: string, view: string): Promise<void> {
  try {
    await client.query(`drop view ${view}`)
  } catch (cause) {
    throw new GuijiError('VIEW_IN_USE', { dataset, view }, { cause })
  }
}

/** Views of this dataset under names it no longer has (renamed dataset, moved department). */
async function dropStale(
  client: pg.ClientBase,
  dataset: OwedDataset,
  names: readonly string[],
): Promise<void> {
  const kept = names.map((name) => qualified(dataset.department, name))
  for (const view of await viewsOf(client, storeTable(layoutOf(dataset)))) {
    if (!kept.includes(view)) await client.query(`drop view ${view}`)
  }
}

async function viewsOf(client: pg.ClientBase, table: string): Promise<string[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select distinct n.nspname as schema, v.relname as name
     from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class v on v.oid = r.ev_class
       join pg_namespace n on n.oid = v.relnamespace
     where d.refobjid = to_regclass($1) and v.relkind = 'v' and n.nspname in (select code from guiji.department)`,
    [table],
  )
  return rows.map((row) => qualified(row.schema, row.name))
}

/** The list's own name; with the code behind it where another dataset of the department bears the same. */
async function twinName(client: pg.ClientBase, dataset: OwedDataset): Promise<string> {
  const { rows } = await client.query(
    `select from guiji.dataset where department = $1 and code <> $3 and retired_at is null and (name = $2 or code = $2)`,
    [dataset.department, dataset.name, dataset.code],
  )
  const taken = rows.length > 0 || dataset.name === dataset.code
  return fitIdentifier(taken ? `${dataset.name}(${dataset.code})` : dataset.name)
}

function uniqueTitles(dataset: DatasetDocument): Map<string, string> {
  const taken = new Set<string>()
  const titles = new Map<string, string>()
  for (const item of dataset.items) {
    const plain = fitIdentifier(item.name)
    const title = taken.has(plain) ? fitIdentifier(`${item.name}(${item.code})`) : plain
    taken.add(title)
    titles.set(item.code, title)
  }
  return titles
}

function describeDataset(dataset: OwedDataset): string {
  const parts = [
    dataset.name,
    `共享类型：${sharingTypes[dataset.sharing.type].zh}`,
    `更新周期：${cycles[dataset.commitment.cycle].zh}`,
    `使用条件：${dataset.sharing.conditions}`,
    dataset.summary ?? '',
    `时效与行数见 catalog.freshness（code = ${dataset.code}）`,
  ]
  return parts.filter((part) => part !== '').join('；')
}

function describeItem(item: DatasetDocument['items'][number]): string {
  const unit = item.unit ? `（单位：${item.unit}）` : ''
  return `${item.name}${unit}${item.description ? `：${item.description}` : ''}`
}
