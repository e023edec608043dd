import { refreshViews } from '../../access/dataset-views.ts'
import type { Issue } from '../../connector.ts'
import { writeEntry } from '../../ledger/ledger.ts'
import { fitIdentifier, qualified, quote } from '../../store/identifiers.ts'
import {
  columnList,
  digestColumn,
  identityIndex,
  loadTable,
  runColumn,
  storeTable,
} from '../../store/layout.ts'
import { noRows } from '../accounts.ts'
import { conflictIssue } from '../load-delta.ts'
import type { Settlement } from './settlement.ts'

/** A record that lost against an earlier one with its key: taken out of the load, still to be read back whole. */
export interface Loser {
  readonly digest: bigint
  readonly key: readonly string[]
  readonly issue: Issue
}

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
 * Takes all but the first record of each identity out of the load table. Those with the same bytes as an earlier
 * one are duplicates and counted as such here; the others are returned, to be rejected with their bytes.
 */
export async function takeLosers(settlement: Settlement): Promise<Loser[]> {
  const { client, layout, runId } = settlement
  const identity = columnList(layout.identity)
  const digest = quote(digestColumn)
  const keys = `array[${layout.identity.map((name) => `l.${quote(name)}::text`).join(', ')}]`
  const { rows } = await client.query<{ digest: bigint; key: string[]; first: boolean }>(
    `delete from ${loadTable(runId)} l using (
       select ctid as id, row_number() over (partition by ${identity} order by ctid) as position,
         row_number() over (partition by ${identity}, ${digest} order by ctid) as same_position
       from ${loadTable(runId)}
     ) ranked
     where l.ctid = ranked.id and ranked.position > 1
     returning l.${digest} as digest, ${keys} as key, ranked.same_position = 1 as first`,
  )
  const losers = rows.filter((row) => row.first)
  await correct(settlement, BigInt(losers.length), BigInt(rows.length - losers.length))
  return losers.map((row) => ({ digest: row.digest, key: row.key, issue: conflictIssue(row.key.join(', ')) }))
}

async function correct(settlement: Settlement, rejected: bigint, duplicate: bigint): Promise<void> {
  const count = rejected + duplicate
  await writeEntry(settlement.client, {
    runId: settlement.runId,
    fence: settlement.fence,
    datasetId: settlement.datasetId,
    dataset: settlement.dataset.code,
    chunk: settlement.end.chunks,
    kind: 'correction',
    bytes: 0,
    accounts: { ...noRows, accepted: -count, inserted: -count, rejected, duplicate },
  })
}

/** The load table takes the place of the empty store table, under the same views. */
export async function swapIn(settlement: Settlement): Promise<void> {
  const { client, layout, runId, dataset } = settlement
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

/** How many rows the load table holds now; the ledger must say the same. */
export async function countLoaded(settlement: Settlement): Promise<bigint> {
  const { rows } = await settlement.client.query<{ count: bigint }>(
    `select count(*) as count from ${loadTable(settlement.runId)}`,
  )
  return rows[0]?.count ?? 0n
}
