import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { JudgeOptions } from './judge.ts'
import { readyAt, unsettled } from './occurrence-rows.ts'

/**
 * The number from which on runs can matter to what is still owed at `now`: all runs of the months before it had ended
 * before the first of those periods could be delivered. So the judge looks into the last months and not into ten years.
 * Known from the runs themselves, by no clock.
 */
export async function firstRunSince(
  db: Kysely<ControlDatabase>,
  { now, datasetIds }: JudgeOptions,
): Promise<bigint> {
  const { rows } = await sql<{ first: bigint | null }>`
    with owed as (
      select min(${readyAt}) as since from guiji.occurrence o
      where ${unsettled} and ${readyAt} <= ${now}
        and (${datasetIds === undefined} or o.dataset_id = any(${datasetIds ?? []}::bigint[])))
    select least(
      (select min(from_run) from guiji.history_month, owed where rolled_at is null or last_at >= owed.since),
      (select min(id) from guiji.run_rest)) as first`.execute(db)
  return rows[0]?.first ?? 0n
}
