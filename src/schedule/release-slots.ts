import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { TakenSlot } from './take-slots.ts'
import { mostAttempts } from './workers.ts'

/** Why a slot could not become a run. */
export interface NotStarted {
  /** Names the process, as in the record of runs. */
  readonly worker: string
  readonly now: Date
  /** As it is kept with a failed run. */
  readonly error: object
}

/** Records the run that served a slot, whoever holds the slot by now, and frees the seat. */
export async function finishSlot(db: Kysely<ControlDatabase>, slot: TakenSlot, runId: bigint): Promise<void> {
  await sql`update guiji.slot set state = 'done', run_id = ${runId}, reason = null
    where harvest_id = ${slot.harvestId} and instant = ${slot.instant}`.execute(db)
  await leaveSeat(db, slot)
}

/** Gives a slot back as it was taken: its worker is to stop, or the dataset is being harvested already. */
export async function giveBackSlot(
  db: Kysely<ControlDatabase>,
  slot: TakenSlot,
  pauseSeconds = 0,
): Promise<void> {
  await sql`update guiji.slot set state = 'planned',
      free_at = clock_timestamp() + make_interval(secs => ${pauseSeconds})
    where ${isHeld(slot)}`.execute(db)
  await leaveSeat(db, slot)
}

/**
 * A slot whose run could not begin is tried again in a while; the last time it is skipped as `not-started`, and a
 * failed run says why, so that the history is not green.
 */
export async function failSlot(
  db: Kysely<ControlDatabase>,
  slot: TakenSlot,
  failure: NotStarted,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ given_up: boolean }>`
      update guiji.slot set attempts = attempts + 1,
        state = case when attempts + 1 >= ${mostAttempts} then 'skipped' else 'planned' end,
        reason = case when attempts + 1 >= ${mostAttempts} then 'not-started' end,
        free_at = clock_timestamp() + make_interval(secs => 30 * (attempts + 1))
      where ${isHeld(slot)}
      returning attempts >= ${mostAttempts} as given_up`.execute(trx)
    if (rows[0]?.given_up === true) await recordNotStarted(trx, slot, failure)
    await leaveSeat(trx, slot)
  })
}

async function recordNotStarted(
  db: Kysely<ControlDatabase>,
  slot: TakenSlot,
  { worker, now, error }: NotStarted,
): Promise<void> {
  await sql`
    with run as (
      insert into guiji.run (harvest_id, dataset_id, slot_at, state, mode, worker, started_at, finished_at, cause,
        complete, error, held_before, held_after)
      select h.id, h.dataset_id, ${slot.instant}, 'failed', h.mode, ${worker}, ${now}, ${now}, 'platform-failed',
        false, ${JSON.stringify(error)}::jsonb, t.held, t.held
      from guiji.harvest h left join guiji.dataset_state t on t.dataset_id = h.dataset_id
      where h.id = ${slot.harvestId}
      on conflict do nothing
      returning id
    )
    update guiji.slot set run_id = run.id from run
    where harvest_id = ${slot.harvestId} and instant = ${slot.instant}`.execute(db)
}

/** Still this worker's: a worker that was taken for dead may not give back what another holds by now. */
function isHeld({ harvestId, instant, workerId }: TakenSlot): RawBuilder<boolean> {
  return sql`harvest_id = ${harvestId} and instant = ${instant} and state = 'taken' and exists (
    select from guiji.seat t
    where t.worker_id = ${workerId} and t.harvest_id = ${harvestId} and t.slot_at = ${instant})`
}

async function leaveSeat(db: Kysely<ControlDatabase>, slot: TakenSlot): Promise<void> {
  await sql`delete from guiji.seat where worker_id = ${slot.workerId} and harvest_id = ${slot.harvestId}
    and slot_at = ${slot.instant}`.execute(db)
}
