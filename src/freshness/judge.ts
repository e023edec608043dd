import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { causeOf, runAtDeadline } from './cause-at-deadline.ts'
import { firstRunSince } from './first-run-since.ts'
import { readyAt, unsettled } from './occurrence-rows.ts'
import { refreshStanding } from './standing.ts'

export interface JudgeOptions {
  readonly now: Date
  /** Absent: all datasets. */
  readonly datasetIds?: readonly bigint[]
}

/** An occurrence whose outcome, or whose delivery, is new. */
export interface Judgement {
  readonly occurrenceId: bigint
  readonly datasetId: bigint
  readonly outcome: 'kept' | 'late' | 'missed' | 'waived'
  readonly cause: string | null
}

/**
 * Judges every occurrence whose period is over, from recorded facts and their instants: the answer is the same
 * whenever the judge runs. Called after every run and by the clock. What was said before stays in `guiji.judgement`.
 *
 * A **delivery** for a period is a published run with a complete listing whose reading began at or after the end of
 * the period, since a period's data can only be complete after it ended; where new content is owed, it must have
 * changed something. (A promise that is due before its period ends asks for one delivery during the period.)
 * Only the first delivery counts:
 *
 * - at or before `late_at`: **kept**;
 * - after it, but excused by a waiver (`waived_until`): **waived**, as it is until then without a delivery;
 * - after both, but not after the next deadline of the dataset: **late**;
 * - until then late too, without a delivery; once the next deadline has passed as well: **missed**, for good.
 *   So a delivery after a long silence keeps the newest period, is late for the one before and nothing for the rest.
 *
 * The cause is what stood in the way at the deadline: see `causeOf`. It is never rewritten by later facts.
 */
export async function judge(db: Kysely<ControlDatabase>, options: JudgeOptions): Promise<Judgement[]> {
  const { now } = options
  const since = await firstRunSince(db, options)
  const { rows } = await sql<Judgement>`
    with owed as (${owedOccurrences(options)}),
    judged as (
      select owed.*, delivery.*,
        case
          when delivery.visible_at <= owed.late_at then 'kept'
          when coalesce(delivery.visible_at, ${now}) <= owed.waived_until then 'waived'
          when coalesce(delivery.visible_at, ${now}) > owed.missed_at then 'missed'
          when delivery.visible_at is not null or ${now} > owed.deadline then 'late'
          else 'pending'
        end as verdict
      from owed left join lateral (${firstDelivery(now, since)}) delivery on true
    ),
    changed as (
      update guiji.occurrence o set
        outcome = judged.verdict,
        judged_at = ${now},
        judged_for = ${reasonOf},
        kept_at = case when judged.verdict <> 'missed' then judged.visible_at end,
        run_id = case when judged.verdict <> 'missed' then judged.run_id end,
        cause = case judged.verdict when 'kept' then null when 'waived' then 'waived'
          else coalesce(nullif(o.cause, 'waived'), ${causeOf}) end
      from judged left join lateral (${runAtDeadline(since)}) r on true
      where o.id = judged.id and judged.verdict <> 'pending'
        and (o.outcome <> judged.verdict or judged.visible_at is not null)
      returning o.id, o.dataset_id, o.outcome, o.cause, o.kept_at, least(o.period_end, judged.read_began) as through
    ),
    advanced as (
      insert into guiji.dataset_state as state (dataset_id, complete_through, complete_by)
      select dataset_id, max(through), 'period' from changed where kept_at is not null
      group by dataset_id order by dataset_id
      on conflict (dataset_id) do update set complete_through = excluded.complete_through, complete_by = 'period'
      where state.complete_by is distinct from 'business-date'
        and (state.complete_through is null or state.complete_through < excluded.complete_through)
    )
    select id as "occurrenceId", dataset_id as "datasetId", outcome, cause from changed order by id`.execute(
    db,
  )
  await refreshStanding(db, options)
  return rows
}

/** Why an occurrence judged anew is pending (a calendar, a waiver) is said once more with its new outcome. */
const reasonOf = sql`
  case
    when o.outcome = 'pending' and o.judged_for <> 'deadline' then o.judged_for
    when judged.visible_at is not null then 'delivery'
    else 'deadline'
  end`

/**
 * Occurrences that are not settled and for which a delivery can count by now.
 * `deadline`: what is not there by then is late; `missed_at`: the next deadline, after which it is missed.
 * Locked in one order, so that judges in several processes wait for each other instead of failing.
 */
function owedOccurrences({ now, datasetIds }: JudgeOptions) {
  return sql`
    select o.id, o.dataset_id, o.late_at, o.waived_until, greatest(o.late_at, o.waived_until) as deadline,
      c.satisfied_by, ${readyAt} as ready_at, greatest(following.late_at, o.waived_until) as missed_at
    from guiji.occurrence o
    join guiji.commitment c on c.id = o.commitment_id
    left join lateral (
      select n.late_at from guiji.occurrence n
      where n.dataset_id = o.dataset_id and n.period_start > o.period_start and n.late_at > o.late_at
        and n.outcome <> 'void'
      order by n.period_start limit 1) following on true
    where ${unsettled} and o.period_start <= ${now} and ${readyAt} <= ${now}
      and (${datasetIds === undefined} or o.dataset_id = any(${datasetIds ?? []}::bigint[]))
    order by o.id for update of o`
}

/** A run that found nothing to change may have published nothing: it is visible when it finished. */
function firstDelivery(now: Date, since: bigint) {
  return sql`
    select run.id as run_id, run.started_at as read_began, visible.at as visible_at
    from guiji.run run
    left join guiji.publication p on p.run_id = run.id and p.run_id >= ${since}
    cross join lateral (select run.inserted + run.updated + run.deleted + run.restored as rows) changed
    cross join lateral (
      select coalesce(p.at, case when changed.rows = 0 and run.state = 'succeeded' then run.finished_at end) as at) visible
    where run.id >= ${since} and run.dataset_id = owed.dataset_id and run.started_at >= owed.ready_at and run.complete
      and run.state in ('succeeded', 'partial') and visible.at <= ${now}
      and (owed.satisfied_by = 'check' or changed.rows > 0)
    order by visible.at, run.id limit 1`
}
