import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import type { JudgeOptions } from './judge.ts'
import { readyAt } from './occurrence-rows.ts'

/** What the rows say of one dataset at `now`; the verdict follows from nothing else. */
export interface Facts {
  readonly code: string
  readonly cycle: CycleCode
  readonly kept: bigint
  readonly owed: bigint
  /** Periods past their grace that came after the newest delivered one: has one been missed, the oldest's due … */
  readonly overdueSince: Date | null
  readonly overdueMissed: boolean
  /** … and the newest's cause and standing. */
  readonly overdueCause: string | null
  readonly overdueProvisional: boolean
  /** The newest occurrence that is not pending was waived. */
  readonly waived: boolean
  /** The oldest period that is owed now and still in time. */
  readonly openDueAt: Date | null
  readonly openLateAt: Date | null
  readonly openProvisional: boolean
  readonly nextDueAt: Date | null
  readonly completeThrough: Date | null
  /** A run with a complete listing is on record. */
  readonly harvested: boolean
  /** Median of the last complete runs, from begin to visible; null: no history. */
  readonly usualSeconds: number | null
  /** Begin of the run under way. */
  readonly runningSince: Date | null
}

/** The facts of every dataset on the list, by code. */
export async function factsOfDatasets(
  db: Kysely<ControlDatabase>,
  { now, datasetIds }: JudgeOptions,
): Promise<Facts[]> {
  const { rows } = await sql<Facts>`
    with chosen as (
      select d.id, d.code from guiji.dataset d
      where d.retired_at is null and (${datasetIds === undefined} or d.id = any(${datasetIds ?? []}::bigint[]))
    ),
    standing as (${standingOfOccurrences(now)})
    select chosen.code, commitment.cycle,
      coalesce(s.kept, 0::bigint) as kept, coalesce(s.owed, 0::bigint) as owed,
      s.overdue_since as "overdueSince", coalesce(s.overdue_missed, false) as "overdueMissed",
      s.overdue_cause as "overdueCause", coalesce(s.overdue_provisional, false) as "overdueProvisional",
      coalesce(s.newest_settled = 'waived', false) as waived,
      s.open_due_at as "openDueAt", s.open_late_at as "openLateAt",
      coalesce(s.open_provisional, false) as "openProvisional", s.next_due_at as "nextDueAt",
      state.complete_through as "completeThrough", history.usual_seconds as "usualSeconds",
      history.usual_seconds is not null as harvested, running.started_at as "runningSince"
    from chosen
    join lateral (
      select c.cycle from guiji.commitment c where c.dataset_id = chosen.id
      order by (c.effective_from <= (${now}::timestamptz at time zone c.time_zone)::date) desc,
        case when c.effective_from <= (${now}::timestamptz at time zone c.time_zone)::date then c.effective_from end desc,
        c.effective_from
      limit 1) commitment on true
    left join standing s on s.dataset_id = chosen.id
    left join guiji.dataset_state state on state.dataset_id = chosen.id
    left join guiji.run running on running.dataset_id = chosen.id
      and running.state in ('queued', 'running', 'publishing')
    left join lateral (${usualDuration}) history on true
    order by chosen.code`.execute(db)
  return rows
}

/** One row per dataset; see `Facts` for the meanings. */
function standingOfOccurrences(now: Date) {
  return sql`
    select o.dataset_id,
      count(*) filter (where o.outcome = 'kept') as kept,
      count(*) filter (where o.outcome in ('kept', 'late', 'missed')) as owed,
      min(o.due_at) filter (where o.overdue) as overdue_since,
      bool_or(o.outcome = 'missed') filter (where o.overdue) as overdue_missed,
      (array_agg(o.cause order by o.period_start desc) filter (where o.overdue))[1] as overdue_cause,
      (array_agg(o.provisional order by o.period_start desc) filter (where o.overdue))[1] as overdue_provisional,
      (array_agg(o.outcome order by o.period_start desc) filter (where o.outcome <> 'pending'))[1] as newest_settled,
      min(o.due_at) filter (where o.open) as open_due_at,
      min(o.late_at) filter (where o.open) as open_late_at,
      bool_or(o.provisional) filter (where o.open) as open_provisional,
      min(o.due_at) filter (where o.outcome = 'pending' and o.due_at > ${now}) as next_due_at
    from (
      select o.dataset_id, o.outcome, o.cause, o.provisional, o.period_start, o.due_at, o.late_at,
        o.outcome = 'pending' and o.late_at >= ${now}
          and ${readyAt} <= ${now} as open,
        (o.outcome = 'missed' or (o.outcome = 'late' and o.kept_at is null)
          or (o.outcome = 'pending' and o.late_at < ${now}))
          and o.period_start > coalesce(
            max(o.period_start) filter (where o.kept_at is not null) over (partition by o.dataset_id),
            '-infinity') as overdue
      from guiji.occurrence o join chosen on chosen.id = o.dataset_id
      where o.outcome <> 'void'
    ) o
    group by o.dataset_id`
}

const usualDuration = sql`
  select percentile_cont(0.5) within group (order by recent.seconds) as usual_seconds
  from (
    select extract(epoch from coalesce(p.at, r.finished_at) - r.started_at)::float8 as seconds
    from guiji.run r left join guiji.publication p on p.run_id = r.id
    where r.dataset_id = chosen.id and r.complete and r.state in ('succeeded', 'partial')
      and coalesce(p.at, r.finished_at) is not null
    order by r.id desc limit 20
  ) recent`
