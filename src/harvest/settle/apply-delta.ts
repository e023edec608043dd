import { GuijiError } from '../../errors/guiji-error.ts'
import { literal, quote } from '../../store/identifiers.ts'
import {
  allColumns,
  columnList,
  digestColumn,
  goneTable,
  loadTable,
  runColumn,
  sameIdentity,
  storeTable,
} from '../../store/layout.ts'
import { ensurePartitions } from '../../store/partitions.ts'
import type { Accounts } from '../accounts.ts'
import type { Settlement } from './settlement.ts'
import { vanishedTable } from './vanished.ts'

/**
 * Makes the staged changes in the store table, set by set. What PostgreSQL then says it did must be what the
 * ledger of the run says; otherwise nothing stays.
 */
export async function applyDelta(settlement: Settlement, totals: Accounts, vanished: bigint): Promise<void> {
  const { client, layout, runId } = settlement
  await ensurePartitions(client, layout, {
    relation: loadTable(runId),
    which: `_action in ('i', 'r', 'R', 'u')`,
  })
  const deleted = vanished > 0n ? await moveToGone(settlement) : 0n
  const updated = await updateRows(settlement)
  const restored = await takeFromGone(settlement)
  const inserted = await insertRows(settlement)
  const equations: [string, bigint, bigint][] = [
    ['deleted', deleted, vanished],
    ['restored', restored.all, totals.restored],
    ['inserted + restored', inserted, totals.inserted + totals.restored],
    ['updated', updated + restored.changed, totals.updated],
  ]
  for (const [name, found, expected] of equations) {
    if (found === expected) continue
    throw new GuijiError('RUN_STAGE_LOST', {
      run: settlement.runId,
      dataset: settlement.dataset.code,
      equation: `${name}: ${found} in the store, ${expected} in the ledger`,
    })
  }
}

/** Vanished rows move to the gone twin, with the run that missed them. */
async function moveToGone({ client, layout, runId, now }: Settlement): Promise<bigint> {
  const columns = columnList(allColumns(layout))
  const { rowCount } = await client.query(
    `with vanished as (
       delete from ${storeTable(layout)} s using ${vanishedTable(runId)} v
       where s.${quote(digestColumn)} = v.digest returning ${columnList(allColumns(layout), 's')})
     insert into ${goneTable(layout)} (${columns}, _gone_run, _gone_at) select ${columns}, $1, $2 from vanished`,
    [runId, now],
  )
  return BigInt(rowCount ?? 0)
}

async function updateRows({ client, layout, runId }: Settlement): Promise<bigint> {
  const names = [...layout.columns.map((column) => column.name), digestColumn]
  const { rows } = await client.query<{ changed: bigint }>(
    `with done as (
       update ${storeTable(layout)} s
       set ${names.map((name) => `${quote(name)} = c.${quote(name)}`).join(', ')}, ${quote(runColumn)} = $1
       from ${loadTable(runId)} c where c._action in ('u', 's') and ${sameIdentity(layout, 's', 'c')}
       returning c._action)
     select count(*) filter (where _action = 'u') as changed from done`,
    [runId],
  )
  return rows[0]?.changed ?? 0n
}

/** Rows that returned leave the gone twin; `changed` of them returned with other content. */
async function takeFromGone({
  client,
  layout,
  runId,
}: Settlement): Promise<{ readonly all: bigint; readonly changed: bigint }> {
  const { rows } = await client.query<{ all: bigint; changed: bigint }>(
    `with done as (
       delete from ${goneTable(layout)} g using ${loadTable(runId)} c
       where c._action in ('r', 'R') and ${sameIdentity(layout, 'g', 'c')} returning c._action)
     select count(*) as all, count(*) filter (where _action = 'R') as changed from done`,
  )
  return rows[0] ?? { all: 0n, changed: 0n }
}

async function insertRows({ client, layout, runId }: Settlement): Promise<bigint> {
  const names = columnList([...layout.columns.map((column) => column.name), digestColumn])
  const { rowCount } = await client.query(
    `insert into ${storeTable(layout)} (${names}, ${quote(runColumn)})
     select ${names}, ${literal(String(runId))}::bigint from ${loadTable(runId)}
     where _action in ('i', 'r', 'R') order by _chunk, _seq`,
  )
  return BigInt(rowCount ?? 0)
}
