import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { readyAt, unsettled } from '../freshness/occurrence-rows.ts'

/** With the policy `none`, a slot that nobody took for this long is missed. */
const patienceMinutes = 15

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
  await settleServed(db, now)
  await skip(db, now, 'disabled', sql`not guiji.harvest_is_on(h.id)`)
  await skip(db, now, 'missed', sql`${isOvertaken(now)} or ${isTooLate(now)}`)
  await skip(db, now, 'nothing-owed', sql`s.origin = 'promise' and not ${isOwed(now)}`)
}

/** How many slots wait to be run. */
export async function countDue(db: Kysely<ControlDatabase>, now: Date): Promise<number> {
  const { rows } = await sql<{ due: number }>`
    select count(*)::int as due from guiji.slot where state = 'planned' and instant <= ${now}`.execute(db)
  return rows[0]?.due ?? 0
}

async function skip(
  db: Kysely<ControlDatabase>,
  now: Date,
  reason: string,
  condition: RawBuilder<unknown>,
): Promise<void> {
  await sql`
    with skipped as (
      select s.harvest_id, s.instant
      from guiji.slot s join guiji.harvest h on h.id = s.harvest_id
      where s.state = 'planned' and s.instant <= ${now} and (${condition})
      for update of s skip locked
    )
    update guiji.slot s set state = 'skipped', reason = ${reason}
    from skipped where s.harvest_id = skipped.harvest_id and s.instant = skipped.instant`.execute(db)
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

/** What becomes of slots of harvest `h` that nobody could run in time. */
const policy: RawBuilder<string> = sql`coalesce(h.definition ->> 'missedSlots', 'latest')`

/** Whether slot `s` of `h` has a later one that is due as well and is run in its stead. */
export function isOvertaken(now: Date): RawBuilder<boolean> {
  return sql`(${policy} <> 'all' and exists (
    select from guiji.slot newer
    where newer.harvest_id = s.harvest_id and newer.instant > s.instant and newer.instant <= ${now}
      and newer.state = 'planned'))`
}

/** Whether slot `s` of `h` has waited longer than its policy allows. */
export function isTooLate(now: Date): RawBuilder<boolean> {
  return sql`(${policy} = 'none' and s.instant < ${new Date(now.getTime() - patienceMinutes * 60_000)})`
}

/** Whether slot `s` of `h` has an earlier one that is to be run first. */
export const isBehind: RawBuilder<boolean> = sql`(${policy} = 'all' and exists (
  select from guiji.slot older
  where older.harvest_id = s.harvest_id and older.instant < s.instant and older.state = 'planned'))`

/** Whether the dataset of `h` owes anything. Realtime is read all through its hour, owed or not. */
export function isOwed(now: Date): RawBuilder<boolean> {
  return sql`(exists (
      select from guiji.occurrence o
      where o.dataset_id = h.dataset_id and ${unsettled} and o.period_start <= ${now} and ${readyAt} <= ${now})
    or exists (
      select from guiji.commitment c join guiji.occurrence o on o.commitment_id = c.id
      where c.dataset_id = h.dataset_id and c.cycle = 'realtime' and o.outcome <> 'void'
        and o.period_start <= ${now} and o.period_start > ${new Date(now.getTime() - 7_200_000)}
        and o.period_end > ${now}))`
}
