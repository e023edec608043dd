import { refreshViews } from '../../access/dataset-views.ts'
import { GuijiError } from '../../errors/guiji-error.ts'
import { fitIdentifier, qualified, quote } from '../../store/identifiers.ts'
import { columnList, identityIndex, loadTable, runColumn, storeTable } from '../../store/layout.ts'
import type { Settlement } from './settlement.ts'

/** True when every identity in the load table is there once; then its unique index stands. */
export async function buildIdentity(settlement: Settlement): Promise<boolean> {
  const { client, layout, runId } = settlement
  await client.query('savepoint build_identity')
  try {
    await client.query(
      `create unique index ${quote(`r${runId}__identity`)} on ${loadTable(runId)} (${columnList(layout.identity)})`,
    )
    await client.query('release savepoint build_identity')
    return true
  } catch (error) {
    await client.query('rollback to savepoint build_identity')
    if (error instanceof Error && 'code' in error && error.code === '23505') return false
    throw error
  }
}

/**
 * The load table has the items the list had when the run began. A list that was applied since then has altered the
 * store table, which must not be lost; until the commit no other list can be applied to this dataset.
 *
 * @throws GuijiError LIST_CHANGED
 */
async function holdList({ client, runId, datasetId, dataset }: Settlement): Promise<void> {
  const { rows } = await client.query<{ same: boolean }>(
    `select definition - 'department' = $2::jsonb - 'department' as same from guiji.dataset where id = $1 for share`,
    [datasetId, JSON.stringify(dataset)],
  )
  if (rows[0]?.same !== true) throw new GuijiError('LIST_CHANGED', { dataset: dataset.code, run: runId })
}

/** The load table takes the place of the empty store table, under the same views. */
export async function swapIn(settlement: Settlement): Promise<void> {
  const { client, layout, runId, dataset } = settlement
  await holdList(settlement)
  const oldTable = fitIdentifier(`${layout.table}__old`)
  const oldIndex = fitIdentifier(`${identityIndex(layout.table)}_old`)
  await client.query(
    `alter table ${storeTable(layout)} rename to ${quote(oldTable)};
     alter index if exists ${qualified('store', identityIndex(layout.table))} rename to ${quote(oldIndex)};
     alter table ${loadTable(runId)} set schema store;
     alter table ${qualified('store', `r${runId}`)} rename to ${quote(layout.table)};
     alter index ${qualified('store', `r${runId}__identity`)} rename to ${quote(identityIndex(layout.table))};
     alter table ${storeTable(layout)} alter column ${quote(runColumn)} drop default;
     alter table ${storeTable(layout)} reset (autovacuum_enabled)`,
  )
  await refreshViews(client, dataset)
  await client.query(`drop table ${qualified('store', oldTable)}`)
}
