import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { readyAt, unsettled } from '../freshness/occurrence-rows.ts'

/** With the policy `none`, a slot that nobody took for this long is missed. */
const patienceMinutes = 15
/** One process at a time says which slots are skipped: two would wait for each other's rows. */
const lockKey = 7_131_103

/**
 * Puts on record why slots whose time has come will not be run:
 *
 * - `disabled`: the harvest was switched off or left the list
 * - `missed`: by its policy, a later slot is run in its stead (`latest`), or its time is over (`none`)
 * - `nothing-owed`: it follows the promise, and nothing is owed any more
 *
 * A slot that was given back, but that a run did serve after all, is done.
 */
export async function skipSlots(db: Kysely<ControlDatabase>, now: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(${lockKey}) as mine`.execute(trx)
    if (rows[0]?.mine !== true) return
    await settleServed(trx, now)
    await sql`
      with due as materialized (${dueSlots(now)}),
      reasons as materialized (
        select due.harvest_id, due.instant, case
          when not due.is_on then 'disabled'
          when due.policy <> 'all' and due.instant < due.newest then 'missed'
          when due.policy = 'none' and due.instant < ${patientUntil(now)} then 'missed'
          when due.origin = 'promise' and not ${isOwed(sql`due.dataset_id`, now)} then 'nothing-owed'
          end as reason
        from due
      )
      update guiji.slot s set state = 'skipped', reason = reasons.reason
      from reasons
      where s.harvest_id = reasons.harvest_id and s.instant = reasons.instant and s.state = 'planned'
        and reasons.reason is not null`.execute(trx)
  })
}

/** Read in one pass and sorted once, so that a long queue costs the same whatever the planner knows of it. */
function dueSlots(now: Date) {
  return sql`
    select s.harvest_id, s.instant, s.origin, h.dataset_id, ${policy} as policy, ${isOn} as is_on,
      max(s.instant) over (partition by s.harvest_id) as newest
    from guiji.slot s
    join guiji.harvest h on h.id = s.harvest_id
    join guiji.dataset d on d.id = h.dataset_id
    join guiji.source src on src.code = h.source
    where s.state = 'planned' and s.instant <= ${now}`
}

/** A worker that was taken for dead finished its run all the same. */
async function settleServed(db: Kysely<ControlDatabase>, now: Date): Promise<void> {
  await sql`
    update guiji.slot s set state = 'done', run_id = r.id
    from guiji.run r
    where s.state = 'planned' and s.instant <= ${now} and s.attempts > 0 and r.harvest_id = s.harvest_id
      and r.slot_at = s.instant
      and r.state not in ('queued', 'running', 'publishing', 'lost', 'cancelled')`.execute(db)
}

/** How many slots wait to be run. */
export async function countDue(db: Kysely<ControlDatabase>, now: Date): Promise<number> {
  const { rows } = await sql<{ due: number }>`
    select count(*)::int as due from guiji.slot where state = 'planned' and instant <= ${now}`.execute(db)
  return rows[0]?.due ?? 0
}

/** Whether harvest `h` of dataset `d` from source `src` may run at all. */
export const isOn: RawBuilder<boolean> = sql`
  (h.enabled and h.retired_at is null and d.retired_at is null and src.retired_at is null)`

/** What becomes of slots of harvest `h` that nobody could run in time. */
const policy: RawBuilder<string> = sql`coalesce(h.definition ->> 'missedSlots', 'latest')`

/** With the policy `none`, slots before this are missed. */
function patientUntil(now: Date): Date {
  return new Date(now.getTime() - patienceMinutes * 60_000)
}

/**
 * Whether slot `s` of `h` is the one to run now: by its policy there is no later one that is run in its stead, its
 * time is not over, and none that is to be run first.
 */
export function isNext(now: Date): RawBuilder<boolean> {
  return sql`case ${policy}
    when 'all' then not exists (
      select from guiji.slot older
      where older.harvest_id = s.harvest_id and older.instant < s.instant and older.state = 'planned')
    else (${policy} <> 'none' or s.instant >= ${patientUntil(now)}) and not exists (
      select from guiji.slot newer
      where newer.harvest_id = s.harvest_id and newer.instant > s.instant and newer.instant <= ${now}
        and newer.state = 'planned') end`
}

/** Whether a dataset owes anything. Realtime is read all through its hour, owed or not. */
export function isOwed(datasetId: RawBuilder<bigint>, now: Date): RawBuilder<boolean> {
  return sql`(exists (
      select from guiji.occurrence o
      where o.dataset_id = ${datasetId} and ${unsettled} and o.period_start <= ${now} and ${readyAt} <= ${now})
    or exists (
      select from guiji.commitment c join guiji.occurrence o on o.commitment_id = c.id
      where c.dataset_id = ${datasetId} and c.cycle = 'realtime' and o.outcome <> 'void'
        and o.period_start <= ${now} and o.period_start > ${new Date(now.getTime() - 7_200_000)}
        and o.period_end > ${now}))`
}
