import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { WorkerTable } from '../../catalog-schema/control/tables/schedule.ts'

/** How long a worker may be silent before what it had taken is given back. */
export const workerLeaseSeconds = 60
/** How often it speaks. */
const heartbeatMilliseconds = 10_000
/** How long the record of a worker is kept after it ended. */
const keptDays = 7

export interface WorkerOptions {
  /** `host/pid` */
  readonly name: string
  readonly kind: WorkerTable['kind']
  readonly concurrency: number
  /** Told when the store cannot be reached; the worker goes on trying. */
  readonly onTrouble?: (error: unknown) => void
}

/** A worker on record, alive until it is disposed of. */
export interface Worker extends AsyncDisposable {
  readonly id: bigint
}

/**
 * Puts this process on record and keeps its lease. The lease is counted by the store's clock, and belongs to the
 * worker, not to a run: however long a run takes, it is given back only if its process is gone.
 */
export async function startWorker(db: Kysely<ControlDatabase>, options: WorkerOptions): Promise<Worker> {
  await forgetOld(db)
  const { rows } = await sql<{ id: bigint }>`
    insert into guiji.worker (name, kind, concurrency, lease_until)
    values (${options.name}, ${options.kind}, ${options.concurrency}, ${leaseEnd}) returning id`.execute(db)
  const id = rows[0]?.id ?? 0n
  const timer = setInterval(() => {
    heartbeat(db, id).catch((error) => options.onTrouble?.(error))
  }, heartbeatMilliseconds)
  return {
    id,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      // Where the store is away the lease runs out by itself.
      await endWorker(db, id).catch((error) => options.onTrouble?.(error))
    },
  }
}

const leaseEnd = sql`clock_timestamp() + make_interval(secs => ${workerLeaseSeconds})`

async function heartbeat(db: Kysely<ControlDatabase>, id: bigint): Promise<void> {
  await sql`update guiji.worker set seen_at = clock_timestamp(), lease_until = ${leaseEnd}
    where id = ${id}`.execute(db)
}

async function endWorker(db: Kysely<ControlDatabase>, id: bigint): Promise<void> {
  await sql`update guiji.worker set ended_at = clock_timestamp(), lease_until = clock_timestamp()
    where id = ${id}`.execute(db)
  await giveBackOfDead(db)
}

/**
 * Gives back what dead workers had taken: their seats are free, and their slots are planned again, or done where a
 * run did serve them. A slot whose workers died three times is given up and says so: its next one tries again.
 */
export async function giveBackOfDead(db: Kysely<ControlDatabase>): Promise<void> {
  await sql`delete from guiji.seat t using guiji.worker w
    where w.id = t.worker_id and w.lease_until <= clock_timestamp()`.execute(db)
  await sql`
    with orphan as (
      select s.harvest_id, s.instant, s.attempts + 1 as attempts, r.id as run_id
      from guiji.slot s
      left join guiji.run r on r.harvest_id = s.harvest_id and r.slot_at = s.instant
        and r.state not in ('queued', 'running', 'publishing', 'lost', 'cancelled')
      where s.state = 'taken' and not exists (
        select from guiji.seat t where t.harvest_id = s.harvest_id and t.slot_at = s.instant)
      order by s.harvest_id, s.instant for update of s skip locked
    )
    update guiji.slot s set attempts = orphan.attempts, run_id = orphan.run_id,
      state = case when orphan.run_id is not null then 'done'
        when orphan.attempts >= ${mostAttempts} then 'skipped' else 'planned' end,
      reason = case when orphan.run_id is null and orphan.attempts >= ${mostAttempts} then 'gave-up' end
    from orphan where s.harvest_id = orphan.harvest_id and s.instant = orphan.instant`.execute(db)
}

/** How often a slot is begun before it is given up. */
export const mostAttempts = 3

async function forgetOld(db: Kysely<ControlDatabase>): Promise<void> {
  await sql`delete from guiji.worker w where w.lease_until < clock_timestamp() - make_interval(days => ${keptDays})
    and not exists (select from guiji.seat t where t.worker_id = w.id)`.execute(db)
}
