import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { basis, harvestsWithPace } from './paces.ts'

/**
 * Makes the slots follow the documents: of every harvest whose cadence, promise, source or enabling is not what its
 * slots were planned from, the slots that lie ahead are forgotten, and its plan goes on from `now`. So editing or
 * switching on never sets off runs for the past. To be called where documents were applied.
 *
 * @returns how many harvests were changed
 */
export async function replanChangedSlots(db: Kysely<ControlDatabase>, now: Date): Promise<number> {
  const { rows } = await sql<{ id: bigint }>`
    with changed as (
      select h.id, ${basis} as basis from ${harvestsWithPace} join guiji.slot_plan p on p.harvest_id = h.id
      where p.basis <> ${basis} order by h.id
    )
    update guiji.slot_plan p set basis = changed.basis,
      planned_through = case when p.planned_through is not null or p.basis = 'off' then ${now}::timestamptz end
    from changed where p.harvest_id = changed.id
    returning p.harvest_id as id`.execute(db)
  await forgetAhead(
    db,
    rows.map(({ id }) => id),
    now,
  )
  return rows.length
}

/** Slots after `now` that nobody took are as if they had never been planned. */
export async function forgetAhead(
  db: Kysely<ControlDatabase>,
  harvestIds: readonly bigint[],
  now: Date,
): Promise<void> {
  if (harvestIds.length === 0) return
  await sql`delete from guiji.slot
    where harvest_id = any(${harvestIds}::bigint[]) and state = 'planned' and instant > ${now}`.execute(db)
}
