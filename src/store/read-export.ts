import type pg from 'pg'
import type { DatasetDocument } from '../../catalog-schema/documents/documents.ts'
import { qualified } from './identifiers.ts'
import { columnList, goneTable, layoutOf } from './layout.ts'
import type { ListedDataset } from './read-datasets.ts'

export interface ExportChoice {
  /** The rows that vanished from the source, with the run that missed them, instead of those that are held. */
  readonly gone: boolean
  /** Columns named as on the published list. */
  readonly titles: boolean
}

/** The query whose rows are exported: what analysts read, or the dataset's gone twin. */
export async function exportQuery(
  client: pg.ClientBase,
  dataset: ListedDataset,
  { gone, titles }: ExportChoice,
): Promise<string> {
  if (gone) return await goneQuery(client, dataset)
  if (!titles) return `select * from ${qualified(dataset.department, dataset.code)}`
  const { rows } = await client.query<{ twin: string | null }>(
    'select twin_name as twin from catalog.datasets where code = $1',
    [dataset.code],
  )
  // The server has quoted the name.
  return `select * from ${rows[0]?.twin ?? qualified(dataset.department, dataset.code)}`
}

async function goneQuery(client: pg.ClientBase, dataset: ListedDataset): Promise<string> {
  const { rows } = await client.query<{ definition: DatasetDocument }>(
    'select definition from guiji.dataset where id = $1',
    [dataset.id],
  )
  const definition = rows[0]?.definition
  if (definition === undefined) throw new Error(`dataset ${dataset.code} has no definition`)
  const layout = layoutOf(definition)
  const items = columnList(layout.columns.map(({ name }) => name))
  return `select ${items}, _gone_run, _gone_at from ${goneTable(layout)} order by _gone_at, _gone_run`
}
