import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { judge } from '../freshness/judge.ts'
import { readyAt, unsettled } from '../freshness/occurrence-rows.ts'
import { planOccurrences } from '../freshness/plan-occurrences.ts'
import { planSlots } from './slots.ts'

/** A slot that its caller must now run: nobody else will. */
export interface DueSlot {
  readonly harvestId: bigint
  readonly datasetId: bigint
  /** Code of the dataset. */
  readonly dataset: string
  readonly instant: Date
}

/**
 * Takes the slots whose time has come, oldest first, each for one caller only however many ask at once. Of several
 * missed slots of a harvest the latest is taken and the others are skipped with the reason `missed`; a slot of a
 * harvest that was switched off, or that follows the promise while nothing is owed any more, is skipped as
 * `disabled` or `nothing-owed`. A dataset with a run under way keeps its slot for the next call.
 *
 * Call it in the transaction that queues the runs: if that fails, the slots are free again.
 */
export async function dueSlots(db: Kysely<ControlDatabase>, now: Date, limit: number): Promise<DueSlot[]> {
  await skip(db, now, 'disabled', disabled)
  await skip(db, now, 'missed', overtaken(now))
  await skip(db, now, 'nothing-owed', nothingOwed(now))
  const { rows } = await sql<DueSlot>`
    with due as (
      select s.harvest_id, s.instant, d.id as dataset_id, d.code
      from guiji.slot s
      join guiji.harvest h on h.id = s.harvest_id
      join guiji.dataset d on d.id = h.dataset_id
      where s.state = 'planned' and s.instant <= ${now} and not exists (
        select from guiji.active_run a where a.dataset_id = d.id)
      order by s.instant, s.harvest_id
      limit ${limit}
      for update of s skip locked
    )
    update guiji.slot s set state = 'taken'
    from due where s.harvest_id = due.harvest_id and s.instant = due.instant
    returning s.harvest_id as "harvestId", due.dataset_id as "datasetId", due.code as dataset, s.instant`.execute(
    db,
  )
  return rows.toSorted(
    (one, other) => +one.instant - +other.instant || (one.dataset < other.dataset ? -1 : 1),
  )
}

/** Records the run that served a slot. */
export async function finishSlot(
  db: Kysely<ControlDatabase>,
  slot: Pick<DueSlot, 'harvestId' | 'instant'>,
  runId: bigint,
): Promise<void> {
  await sql`update guiji.slot set state = 'done', run_id = ${runId}
    where harvest_id = ${slot.harvestId} and instant = ${slot.instant}`.execute(db)
}

/**
 * The harvests that are due now, for those who call guiji from the machine's own cron: brings occurrences, verdicts
 * and slots up to `now`, then takes what is due. The same slots as the service takes, so both can run side by side.
 */
export async function dueHarvests(
  db: Kysely<ControlDatabase>,
  options: { readonly now: Date; readonly limit: number; readonly horizonDays: number },
): Promise<DueSlot[]> {
  const { now, limit, horizonDays } = options
  await planOccurrences(db, { now, horizonDays })
  await judge(db, { now })
  await planSlots(db, { now, until: now })
  return dueSlots(db, now, limit)
}

async function skip(
  db: Kysely<ControlDatabase>,
  now: Date,
  reason: string,
  condition: ReturnType<typeof sql>,
): Promise<void> {
  await sql`
    with skipped as (
      select s.harvest_id, s.instant
      from guiji.slot s
      join guiji.harvest h on h.id = s.harvest_id
      join guiji.dataset d on d.id = h.dataset_id
      where s.state = 'planned' and s.instant <= ${now} and (${condition})
      for update of s skip locked
    )
    update guiji.slot s set state = 'skipped', reason = ${reason}
    from skipped where s.harvest_id = skipped.harvest_id and s.instant = skipped.instant`.execute(db)
}

const disabled = sql`not h.enabled or h.retired_at is not null or d.retired_at is not null`

function overtaken(now: Date) {
  return sql`exists (
    select from guiji.slot newer
    where newer.harvest_id = s.harvest_id and newer.instant > s.instant and newer.instant <= ${now}
      and newer.state = 'planned')`
}

/** Realtime is read all through its hour, owed or not. */
function nothingOwed(now: Date) {
  return sql`not h.definition ? 'cadence'
    and not exists (
      select from guiji.occurrence o
      where o.dataset_id = d.id and ${unsettled} and ${readyAt} <= ${now})
    and not exists (
      select from guiji.occurrence o join guiji.commitment c on c.id = o.commitment_id
      where o.dataset_id = d.id and c.cycle = 'realtime' and o.outcome <> 'void'
        and o.period_start <= ${now} and o.period_end > ${now})`
}
