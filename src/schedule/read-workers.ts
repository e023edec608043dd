import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { WorkerTable } from '../../catalog-schema/control/tables/schedule.ts'

/** `gone`: its lease ran out without a word. `ended`: it stopped in order. */
export type WorkerState = 'alive' | 'gone' | 'ended'

export interface WorkerRecord {
  readonly id: bigint
  readonly name: string
  readonly kind: WorkerTable['kind']
  readonly state: WorkerState
  readonly concurrency: number
  readonly startedAt: Date
  readonly seenAt: Date
  /** What it is running, or waits to run: datasets by code. */
  readonly datasets: readonly string[]
}

/** The workers of the last days, those alive first, then the last seen. */
export async function readWorkers(db: Kysely<ControlDatabase>): Promise<WorkerRecord[]> {
  const { rows } = await sql<WorkerRecord>`
    select w.id, w.name, w.kind, w.concurrency, w.started_at as "startedAt", w.seen_at as "seenAt",
      case when w.ended_at is not null then 'ended'
        when w.lease_until <= clock_timestamp() then 'gone' else 'alive' end as state,
      coalesce(at_work.datasets, '{}') as datasets
    from guiji.worker w
    left join lateral (
      select array_agg(d.code order by d.code) as datasets
      from guiji.seat t join guiji.harvest h on h.id = t.harvest_id join guiji.dataset d on d.id = h.dataset_id
      where t.worker_id = w.id) at_work on true
    order by w.ended_at is null and w.lease_until > clock_timestamp() desc, w.seen_at desc, w.id desc`.execute(
    db,
  )
  return rows
}
