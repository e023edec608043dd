import type { Generated } from 'kysely'

/** A process that runs harvests. Instants are those of the store's clock. */
export interface WorkerTable {
  id: Generated<bigint>
  name: string
  kind: 'serve' | 'worker' | 'harvest'
  concurrency: number
  started_at: Generated<Date>
  seen_at: Generated<Date>
  lease_until: Date
  ended_at: Date | null
}

/** A worker's place at a source while it runs a harvest. */
export interface SeatTable {
  worker_id: bigint
  harvest_id: bigint
  source: string
  /** Null: a person asked for the run. */
  slot_at: Date | null
  asked_at: Generated<Date>
  /** Null: still waits for its source. */
  taken_at: Date | null
}

/** How far the slots of a harvest are planned. */
export interface SlotPlanTable {
  harvest_id: bigint
  basis: string
  planned_through: Date | null
  /** A `CronProblem`, where the cadence cannot be read. */
  problem: unknown
}

/** One planned instant of a harvest. */
export interface SlotTable {
  harvest_id: bigint
  instant: Date
  /** Before jitter and the hours of the source moved it. */
  meant_at: Date
  origin: 'cadence' | 'promise'
  source: string
  state: Generated<'planned' | 'taken' | 'done' | 'skipped'>
  reason: string | null
  run_id: bigint | null
  free_at: Date | null
  attempts: Generated<number>
}
