import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { lockSeats } from './take-slots.ts'
import { giveBackOfDead } from './workers.ts'

/** The place at a source that a run needs which no slot asked for. */
export interface SeatRequest {
  readonly workerId: bigint
  readonly harvestId: bigint
  readonly source: string
  /** Most runs at once at this source, over all processes. */
  readonly connections: number
}

/** A seat held until it is disposed of. */
export type Seat = AsyncDisposable

/**
 * Takes a seat at a source if one is free. If not, the wish stays on record: the next free seat is not given to a
 * slot, so that a person who asks again need not wait for a long queue. Ends with `leaveSeat` or the seat's disposal.
 */
export async function trySeat(db: Kysely<ControlDatabase>, request: SeatRequest): Promise<Seat | undefined> {
  if (!(await sitDown(db, request))) {
    // Those who sit may be dead: the next time their seats are free.
    await giveBackOfDead(db)
    return undefined
  }
  return { [Symbol.asyncDispose]: () => leaveSeat(db, request) }
}

async function sitDown(db: Kysely<ControlDatabase>, request: SeatRequest): Promise<boolean> {
  const { workerId, harvestId, source, connections } = request
  return await db.transaction().execute(async (trx) => {
    await lockSeats(trx)
    const { rows } = await sql<{ sits: boolean }>`
      insert into guiji.seat (worker_id, harvest_id, source, taken_at)
      select ${workerId}, ${harvestId}, ${source}, case when count(*) < ${connections} then clock_timestamp() end
      from guiji.seat where source = ${source} and taken_at is not null
      on conflict (worker_id, harvest_id) do update set taken_at = excluded.taken_at
      returning taken_at is not null as sits`.execute(trx)
    return rows[0]?.sits === true
  })
}

export async function leaveSeat(
  db: Kysely<ControlDatabase>,
  { workerId, harvestId }: Pick<SeatRequest, 'workerId' | 'harvestId'>,
): Promise<void> {
  await sql`delete from guiji.seat
    where worker_id = ${workerId} and harvest_id = ${harvestId} and slot_at is null`.execute(db)
}
