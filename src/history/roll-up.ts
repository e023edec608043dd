import type pg from 'pg'
import { inTransaction } from '../harvest/transaction.ts'
import { type HistoryMonth, monthsOver } from './months.ts'

const counts = `runs, succeeded, partial, failed, cancelled, refused, lost, entries, read, accepted, inserted,
  updated, unchanged, deleted, restored, rejected, duplicate, bytes, seconds`

/**
 * Counts every month that is over into `guiji.rollup`, by dataset and by day and month of `zone`. A month with a run
 * that is not finished (one that waits for approval, too) is left for later. Counting a month again gives the same,
 * so that being stopped halfway, or running twice, changes nothing.
 *
 * @returns the months that were rolled up
 */
export async function rollUp(
  client: pg.ClientBase,
  { now, zone, signal }: { readonly now: Date; readonly zone: string; readonly signal: AbortSignal },
): Promise<string[]> {
  const rolled: string[] = []
  for (const month of await monthsOver(client, now)) {
    signal.throwIfAborted()
    if (month.rolledAt !== null) continue
    if (await inTransaction(client, () => rollMonth(client, month, { now, zone }))) rolled.push(month.month)
  }
  return rolled
}

async function rollMonth(
  client: pg.ClientBase,
  { month, fromRun, untilRun }: HistoryMonth,
  { now, zone }: { readonly now: Date; readonly zone: string },
): Promise<boolean> {
  const locked = await client.query(
    'select from guiji.history_month where month = $1 and rolled_at is null for update',
    [month],
  )
  if (locked.rowCount !== 1 || (await isUnfinished(client, fromRun, untilRun))) return false
  await client.query('delete from guiji.rollup where month = $1', [month])
  await client.query(
    `insert into guiji.rollup (dataset_id, grain, starts, month, ${counts})
     select dataset_id, grain, starts, $1, ${counts} from guiji.count_runs($2, $3, $4)`,
    [month, fromRun, untilRun, zone],
  )
  await client.query(
    `update guiji.history_month set rolled_at = $2,
       last_at = (select max(coalesce(finished_at, started_at)) from guiji.run where id >= $3 and id < $4)
     where month = $1`,
    [month, now, fromRun, untilRun],
  )
  return true
}

async function isUnfinished(client: pg.ClientBase, fromRun: bigint, untilRun: bigint): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from guiji.run where id >= $1 and id < $2
       and state in ('queued', 'running', 'publishing', 'awaiting-approval') limit 1`,
    [fromRun, untilRun],
  )
  return rowCount !== 0
}
