import type { Generated } from 'kysely'

/** A month of run numbers, for which there are partitions. */
export interface HistoryMonthTable {
  /** `YYYY-MM-DD`; `-infinity` is the partition of what was there before there were months. */
  month: string
  from_run: bigint
  until_run: bigint
  last_at: Date | null
  rolled_at: Date | null
  chunks_cleared_at: Date | null
  runs_cleared_at: Date | null
}

/** Runs of a dataset by the local day or month in which they began; kept for ever. */
export interface RollupTable {
  dataset_id: bigint
  grain: 'day' | 'month'
  /** `YYYY-MM-DD` */
  starts: string
  month: string
  runs: bigint
  succeeded: bigint
  partial: bigint
  failed: bigint
  cancelled: bigint
  refused: bigint
  lost: bigint
  entries: bigint
  read: bigint
  accepted: bigint
  inserted: bigint
  updated: bigint
  unchanged: bigint
  deleted: bigint
  restored: bigint
  rejected: bigint
  duplicate: bigint
  bytes: bigint
  seconds: number
}

/** Judged occurrences of a dataset by the month in which their period began; kept for ever. */
export interface PeriodCountTable {
  dataset_id: bigint
  month: string
  kept: bigint
  late: bigint
  missed: bigint
  waived: bigint
}

/** How a dataset stands until `changes_at`, and then until `ends_at`, if nothing happens. */
export interface StandingTable {
  dataset_id: bigint
  department: string
  listed: boolean
  known_at: Date
  changes_at: Date
  ends_at: Date
  verdict: string | null
  next_verdict: string | null
  no_clock: boolean | null
  next_no_clock: boolean | null
  provisional: boolean | null
  next_provisional: boolean | null
  cause: string | null
  next_cause: string | null
  due_at: Date | null
  next_due_at: Date | null
  held: Generated<bigint>
  received: Generated<bigint>
  kept: Generated<bigint>
  owed: Generated<bigint>
}
