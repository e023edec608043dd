import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { lockSeats } from './take-slots.ts'
import { giveBackOfDead } from './workers.ts'

/** The place at a source that a run needs which no slot asked for. */
export interface SeatRequest {
  readonly harvestId: bigint
  readonly source: string
  /** Most runs at once at this source, over all processes. */
  readonly connections: number
}

/** A seat held until it is disposed of. */
export type Seat = AsyncDisposable

export interface Seats {
  /**
   * Takes a seat at a source if one is free. If not, the wish stays on record: the next free seat is not given to a
   * slot, so that a person who asks again need not wait for a long queue. Ends with `leave` or the seat's disposal.
   */
  trySeat(request: SeatRequest): Promise<Seat | undefined>
  /** Gives a seat back, or a wish up. Never fails: what broke under a run tells, not that its seat is still taken. */
  leave(request: Pick<SeatRequest, 'harvestId'>): Promise<void>
}

/** The seats of one process. What the store was not there to take back is given back with the next that is asked for. */
export function openSeats(db: Kysely<ControlDatabase>, workerId: bigint): Seats {
  const owing = new Set<bigint>()
  const leave = async ({ harvestId }: Pick<SeatRequest, 'harvestId'>) => {
    owing.add(harvestId)
    await getUp(db, workerId, harvestId).then(
      () => owing.delete(harvestId),
      () => {},
    )
  }
  return {
    leave,
    async trySeat(request) {
      for (const harvestId of owing) await leave({ harvestId })
      if (await sitDown(db, workerId, request)) return { [Symbol.asyncDispose]: () => leave(request) }
      // Those who sit may be dead: the next time their seats are free.
      await giveBackOfDead(db)
      return undefined
    },
  }
}

async function sitDown(
  db: Kysely<ControlDatabase>,
  workerId: bigint,
  { harvestId, source, connections }: SeatRequest,
): Promise<boolean> {
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

async function getUp(db: Kysely<ControlDatabase>, workerId: bigint, harvestId: bigint): Promise<void> {
  await sql`delete from guiji.seat
    where worker_id = ${workerId} and harvest_id = ${harvestId} and slot_at is null`.execute(db)
}
