import type pg from 'pg'
import { quote } from '../store/identifiers.ts'
import {
  columnDefinitions,
  columnList,
  digestColumn,
  type Layout,
  loadTable,
  runColumn,
} from '../store/layout.ts'

/**
 * What a run loads into, unpublished, until it settles.
 * `fresh`: nothing is held yet; the load table has the store table's shape and becomes it.
 * `delta`: only records that are new or changed, with what is to be done with each (`_action`) and the digest of the
 * row that is held under the same identity (`_held`).
 */
export type LoadKind = 'fresh' | 'delta'

/** Columns of a delta beside the items, in the order in which they are encoded. */
export const stageColumns = [digestColumn, '_chunk', '_seq', '_raw', '_place'] as const

const stageDefinitions = `${quote(digestColumn)} bigint not null, _chunk int not null, _seq int not null,
  _raw bytea, _place jsonb`

export async function createLoadTable(
  client: pg.ClientBase,
  runId: bigint,
  layout: Layout,
  kind: LoadKind,
): Promise<void> {
  const table = loadTable(runId)
  if (kind === 'fresh') {
    await client.query(
      `create table ${table} (${columnDefinitions(layout)}) with (autovacuum_enabled = off, fillfactor = 95);
       alter table ${table} alter column ${quote(runColumn)} set default ${runId}`,
    )
    return
  }
  await client.query(
    `create table ${table} (${itemDefinitions(layout)}, ${stageDefinitions}, _action "char", _held bigint)
       with (autovacuum_enabled = off);
     create index on ${table} (${columnList(layout.identity)})`,
  )
}

/** Where the records of one chunk wait to be checked one by one; empties itself at commit. */
export async function createChunkTable(client: pg.ClientBase, layout: Layout): Promise<string> {
  await client.query(
    `create temp table if not exists chunk (${itemDefinitions(layout)}, ${stageDefinitions}) on commit delete rows`,
  )
  return 'pg_temp.chunk'
}

function itemDefinitions(layout: Layout): string {
  return layout.columns.map((column) => `${quote(column.name)} ${column.type}`).join(', ')
}
