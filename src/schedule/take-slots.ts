import { type Kysely, sql, type Transaction } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { isNext, isOn, isOwed } from './skip-slots.ts'
import { giveBackOfDead } from './workers.ts'

/** Workers take one after the other: none can count the seats of a source while another takes one. */
const lockKey = 7_131_102

/** A slot that its worker must now run: nobody else will. */
export interface TakenSlot {
  readonly harvestId: bigint
  readonly datasetId: bigint
  /** Code of the dataset. */
  readonly dataset: string
  readonly instant: Date
  readonly workerId: bigint
}

export interface TakeOptions {
  readonly workerId: bigint
  readonly now: Date
  /** As many as the worker has hands free. */
  readonly limit: number
}

/**
 * Takes slots whose time has come, each for one worker only however many ask at once: oldest first, of one source at
 * most as many as it has seats left, so that a source with a long queue keeps no other waiting. A slot of a dataset
 * that is being harvested waits. What dead workers had taken is given back first.
 */
export async function takeSlots(
  db: Kysely<ControlDatabase>,
  { workerId, now, limit }: TakeOptions,
): Promise<TakenSlot[]> {
  return await db.transaction().execute(async (trx) => {
    await lockSeats(trx)
    await giveBackOfDead(trx)
    const { rows } = await sql<TakenSlot>`
      with due as (${dueSlots(now, limit)}),
      taken as (
        update guiji.slot s set state = 'taken', free_at = null, reason = null
        from due where s.harvest_id = due.harvest_id and s.instant = due.instant
      ),
      seated as (
        insert into guiji.seat (worker_id, harvest_id, source, slot_at, taken_at)
        select ${workerId}, harvest_id, source, instant, clock_timestamp() from due
      )
      select due.harvest_id as "harvestId", d.id as "datasetId", d.code as dataset, due.instant,
        ${workerId}::bigint as "workerId"
      from due join guiji.harvest h on h.id = due.harvest_id join guiji.dataset d on d.id = h.dataset_id
      order by due.instant, due.harvest_id`.execute(trx)
    return rows
  })
}

/** Whoever counts or takes seats holds this until its transaction ends. */
export async function lockSeats(trx: Transaction<ControlDatabase>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockKey})`.execute(trx)
}

function dueSlots(now: Date, limit: number) {
  return sql`
    select due.harvest_id, due.instant, due.source
    from guiji.source src
    cross join lateral (
      select count(*)::int as taken from guiji.seat where source = src.code) seats
    cross join lateral (
      select s.harvest_id, s.instant, s.source
      from guiji.slot s
      join guiji.harvest h on h.id = s.harvest_id
      join guiji.dataset d on d.id = h.dataset_id
      where s.source = src.code and s.state = 'planned' and s.instant <= ${now} and ${isFree(now)}
      order by s.instant, s.harvest_id
      limit greatest(0, coalesce((src.definition #>> '{politeness,connections}')::int, 2) - seats.taken)
      for update of s skip locked) due
    order by due.instant, due.harvest_id limit ${limit}`
}

/** A run whose lease ran out is no obstacle: the next run of its dataset finds out whether it is lost. */
function isFree(now: Date) {
  return sql`(s.free_at is null or s.free_at <= clock_timestamp())
    and ${isOn} and ${isNext(now)}
    and (s.origin <> 'promise' or ${isOwed(sql`h.dataset_id`, now)})
    and not exists (select from guiji.seat t where t.harvest_id = h.id)
    and not exists (
      select from guiji.run r
      where r.dataset_id = h.dataset_id and r.state in ('queued', 'running', 'publishing')
        and r.lease_until > clock_timestamp())
    and not exists (
      select from guiji.run r
      where r.harvest_id = s.harvest_id and r.slot_at = s.instant
        and r.state not in ('queued', 'running', 'publishing', 'lost', 'cancelled'))`
}
