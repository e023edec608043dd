import { GuijiError } from '../../errors/guiji-error.ts'
import { runTotals } from '../../ledger/ledger.ts'
import { goneTable } from '../../store/layout.ts'
import { type Accounts, imbalance } from '../accounts.ts'
import { businessThrough } from './business-date.ts'
import type { Settlement } from './settlement.ts'

/**
 * The moment from which analysts see the run: its accounts close, the dataset's counts and clocks move, and the
 * run ends in success, in the transaction that made the rows. Accounts that do not balance undo all of it.
 */
export async function publish(settlement: Settlement): Promise<void> {
  const { client, runId, datasetId, now } = settlement
  const totals = await runTotals(client, runId)
  const before = BigInt(settlement.end.heldBefore)
  const after = before + totals.inserted + totals.restored - totals.deleted
  const held = await moveState(settlement, totals)
  await purgeGone(settlement)
  const wrong = imbalance(totals, { before, after: held })
  if (wrong !== undefined) throw unbalanced(settlement, wrong)
  await client.query(
    `insert into guiji.publication (run_id, dataset_id, at, held_after, received_after)
     select $1, $2, $3, held, received from guiji.dataset_state where dataset_id = $2`,
    [runId, datasetId, now],
  )
  await client.query(
    `update guiji.run set state = 'succeeded', finished_at = $2, complete = true, held_after = $3, cause = null,
       lease_until = null, profile = $4 where id = $1`,
    [runId, now, after, JSON.stringify(settlement.times.seconds())],
  )
}

function unbalanced(settlement: Settlement, equation: string): GuijiError {
  return new GuijiError('RUN_UNBALANCED', {
    dataset: settlement.dataset.code,
    run: settlement.runId,
    equation,
  })
}

async function moveState(settlement: Settlement, totals: Accounts): Promise<bigint> {
  const { client, runId, datasetId, now, end } = settlement
  const through = await businessThrough(settlement)
  const changed = totals.inserted + totals.updated + totals.deleted + totals.restored > 0n
  const { rows } = await client.query<{ held: bigint }>(
    `update guiji.dataset_state set
       held = held + $3, received = received + $4, published_run = $2,
       source_published_at = coalesce($5, source_published_at),
       last_checked_at = $6,
       last_changed_at = case when $7 then $8 else last_changed_at end,
       loaded_at = coalesce((select parked_at from guiji.run where id = $2), $8), visible_at = $8,
       published_by = case when $5::timestamptz is null then published_by else $13 end,
       checked_by = case $14 when 'snapshot' then 'complete-listing' else $14 end,
       complete_through = case when $15::timestamptz is null then complete_through
         when complete_by = 'business-date' and not $17 then greatest(complete_through, $15) else $15 end,
       complete_by = case when $15::timestamptz is not null then 'business-date'
         when complete_by = 'business-date' and not $16 then 'period' else complete_by end,
       last_snapshot_at = case when $9 then $6 else last_snapshot_at end,
       token = $10, cursor = coalesce($11, cursor), seed = $12,
       open_rejects = (select count(*) from guiji.reject r where r.dataset_id = $1 and r.closed_at is null)
     where dataset_id = $1 returning held`,
    [
      datasetId,
      runId,
      totals.inserted + totals.restored - totals.deleted,
      totals.inserted + totals.updated,
      end.publishedAt ?? null,
      end.startedAt,
      changed,
      now,
      end.mode === 'snapshot',
      end.token ?? null,
      end.cursor ?? null,
      end.seed,
      end.publishedBy ?? null,
      end.mode,
      through ?? null,
      settlement.harvest.businessDate !== undefined,
      end.kind === 'fresh',
    ],
  )
  return rows[0]?.held ?? -1n
}

/** Rows that vanished longer ago than `deletions.keep` leave the gone twin for good. They are held no more: no account moves. */
async function purgeGone({ client, layout, harvest, now }: Settlement): Promise<void> {
  await client.query(`delete from ${goneTable(layout)} where _gone_at < $1::timestamptz - $2::interval`, [
    now,
    harvest.deletions.keep,
  ])
}
