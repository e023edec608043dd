import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { Condition } from './condition.ts'

export interface ConditionOptions {
  readonly now: Date
  /** Milliseconds for which a planned run may wait before the platform counts as not running. */
  readonly patience: number
}

/** Everything that is wrong at `now`, from recorded facts alone. Call `judge` first. */
export async function readConditions(
  db: Kysely<ControlDatabase>,
  { now, patience }: ConditionOptions,
): Promise<Condition[]> {
  const overdue = new Date(now.getTime() - patience)
  const questions = [
    promises(now),
    runs,
    sharingEnded(now),
    cataloguesMissing,
    countDrift,
    slotsNotRun(overdue),
  ]
  const found: Condition[] = []
  for (const question of questions) found.push(...(await question.execute(db)).rows)
  return found
}

/** Promises that are, or may come to be, broken: by the verdict that every page shows. */
function promises(now: Date): RawBuilder<Condition> {
  return sql`
    select 'promise-' || v.verdict as kind, h.source, case when h.source is null then d.department end as department,
      v.cause, array_agg(d.code order by d.code) as datasets
    from guiji.verdicts(${now}) v
    join guiji.dataset d on d.id = v.dataset_id
    left join guiji.harvest h on h.dataset_id = d.id and h.retired_at is null
    where v.verdict in ('at-risk', 'late', 'missed')
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`
}

/**
 * How the last run of each harvest ended. A run under way says nothing yet, one that a person stopped never does;
 * one that was only partly accepted and is published is no incident: its rejects are a work list of their own.
 */
const runs: RawBuilder<Condition> = sql`
  select case
      when r.state = 'awaiting-approval' then 'run-waiting'
      when r.state in ('partial', 'refused') then 'run-held'
      when r.cause like 'source-unreachable:%' then 'source-unreachable'
      when r.cause = 'source-wrong:schema' then 'catalogue-outdated'
      else 'run-failed' end as kind,
    h.source, null as department, r.cause, array_agg(d.code order by d.code) as datasets
  from guiji.harvest h
  join guiji.dataset d on d.id = h.dataset_id and d.retired_at is null
  cross join lateral (
    select run.id, run.state, run.cause from guiji.run run
    where run.dataset_id = d.id and run.state not in ('queued', 'running', 'publishing', 'cancelled')
    order by run.id desc limit 1) r
  where h.retired_at is null and h.enabled and r.state <> 'succeeded'
    and not (r.state = 'partial' and exists (select from guiji.publication p where p.run_id = r.id))
  group by 1, 2, 4 order by 1, 2, 4`

/** Promised with a clock, delivered once, and not harvested any more: Decree 809 Art. 27, 39. */
function sharingEnded(now: Date): RawBuilder<Condition> {
  return sql`
    select 'sharing-ended' as kind, null as source, d.department, null as cause,
      array_agg(d.code order by d.code) as datasets
    from guiji.dataset d
    join guiji.dataset_state s on s.dataset_id = d.id and s.published_run is not null
    join guiji.harvest h on h.dataset_id = d.id and (h.retired_at is not null or not h.enabled)
    where d.retired_at is null and exists (
      select from guiji.commitment c
      where c.dataset_id = d.id and guiji.has_clock(c.cycle)
        and c.effective_from <= (${now}::timestamptz at time zone c.time_zone)::date
        and (c.effective_to is null or c.effective_to > (${now}::timestamptz at time zone c.time_zone)::date))
    group by d.department order by d.department`
}

/** A department that is on the list, with nothing on it, and no department below it: Decree 809 Art. 12, 39. */
const cataloguesMissing: RawBuilder<Condition> = sql`
  select 'catalogue-missing' as kind, null as source, p.code as department, null as cause, '{}'::text[] as datasets
  from guiji.department p
  where p.retired_at is null
    and not exists (select from guiji.dataset d where d.department = p.code and d.retired_at is null)
    and not exists (select from guiji.department c where c.parent = p.code and c.retired_at is null)
  order by p.code`

const countDrift: RawBuilder<Condition> = sql`
  select 'count-drift' as kind, null as source, null as department, null as cause,
    array_agg(d.code order by d.code) as datasets
  from guiji.verification v join guiji.dataset d on d.id = v.dataset_id
  where not v.agree and d.retired_at is null
  having count(*) > 0`

/** Planned runs that nobody took in time. */
function slotsNotRun(overdue: Date): RawBuilder<Condition> {
  return sql`
    select 'platform-did-not-run' as kind, null as source, null as department, null as cause,
      array_agg(distinct d.code order by d.code) as datasets
    from guiji.slot s
    join guiji.harvest h on h.id = s.harvest_id and h.retired_at is null and h.enabled
    join guiji.dataset d on d.id = h.dataset_id and d.retired_at is null
    where s.state = 'planned' and s.instant < ${overdue}
    having count(*) > 0`
}
