import { sql, type Transaction } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { planOccurrences } from './plan-occurrences.ts'
import { dateFrom, startOfDay } from './zone.ts'

/** The occurrence row `o` has come to nothing yet, so that it can be void. */
const untouched = sql`(o.outcome = 'pending' or (o.outcome = 'waived' and o.kept_at is null))`

export interface Replanned {
  /** Occurrences that are owed no more: they stay, with outcome `void`. */
  readonly voided: number
  readonly planned: number
}

/**
 * Makes the occurrences of these datasets follow their commitments after a change: every version but the newest is
 * closed on the day its successor takes effect, what it still owed from that day on is void, and what the new one
 * owes is planned. A dataset that left the list owes no period that had not ended when it left. To be called in the
 * transaction that wrote the new version, whose `effective_from` should come from `changeTakesEffect`.
 */
export async function replanCommitments(
  trx: Transaction<ControlDatabase>,
  datasetIds: readonly bigint[],
  now: Date,
  horizonDays: number,
): Promise<Replanned> {
  await closeSuperseded(trx, datasetIds)
  const voided = (await voidSuperseded(trx, datasetIds, now)) + (await voidRetired(trx, datasetIds, now))
  const { planned } = await planOccurrences(trx, { now, horizonDays, datasetIds })
  return { voided, planned }
}

async function closeSuperseded(
  trx: Transaction<ControlDatabase>,
  datasetIds: readonly bigint[],
): Promise<void> {
  await sql`
    update guiji.commitment c set effective_to = following.starts
    from (
      select id, lead(effective_from) over (partition by dataset_id order by effective_from) as starts
      from guiji.commitment where dataset_id = any(${datasetIds}::bigint[])
    ) following
    where following.id = c.id and following.starts is not null
      and (c.effective_to is null or c.effective_to > following.starts)`.execute(trx)
}

async function voidSuperseded(
  trx: Transaction<ControlDatabase>,
  datasetIds: readonly bigint[],
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ id: bigint; time_zone: string; effective_to: string }>`
    select id, time_zone, effective_to::text as effective_to from guiji.commitment
    where dataset_id = any(${datasetIds}::bigint[]) and effective_to is not null`.execute(trx)
  const ends = rows.map((row) => startOfDay(dateFrom(row.effective_to), row.time_zone).toISOString())
  const { numAffectedRows } = await sql`
    update guiji.occurrence o set outcome = 'void', judged_at = ${now}, judged_for = 'commitment'
    from unnest(${rows.map(({ id }) => id)}::bigint[], ${ends}::timestamptz[]) as closed (id, ends)
    where o.commitment_id = closed.id and ${untouched} and o.period_start >= closed.ends`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

async function voidRetired(
  trx: Transaction<ControlDatabase>,
  datasetIds: readonly bigint[],
  now: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update guiji.occurrence o set outcome = 'void', judged_at = ${now}, judged_for = 'list'
    from guiji.dataset d
    where d.id = any(${datasetIds}::bigint[]) and d.retired_at is not null
      and o.dataset_id = d.id and ${untouched} and o.period_end > d.retired_at`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}
