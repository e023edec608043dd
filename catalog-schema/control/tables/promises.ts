import type { Generated } from 'kysely'

/** What is promised, from a date on. Dates and times are local to `time_zone`. */
export interface CommitmentTable {
  id: Generated<bigint>
  dataset_id: bigint
  cycle: string
  time_zone: string
  calendar: string
  /** `HH:MM:SS` */
  due_time: string
  due_after_days: number
  grace_hours: number | null
  grace_working_days: number | null
  /** PostgreSQL interval, written and read as ISO 8601 text. */
  max_lag: string | null
  satisfied_by: 'check' | 'change'
  /** `YYYY-MM-DD` */
  effective_from: string
  effective_to: string | null
  /** All that is promised as one text, to see whether a document says something else. */
  terms: Generated<string>
  recorded_at: Date
}

/** One period for which a commitment owes data. */
export interface OccurrenceTable {
  id: Generated<bigint>
  commitment_id: bigint
  dataset_id: bigint
  /** `2026-10`, `2026-W43`, `2026-10-31`: the period as people say it. */
  period: string
  period_start: Date
  period_end: Date
  due_at: Date
  late_at: Date
  outcome: Generated<'pending' | 'kept' | 'late' | 'missed' | 'waived' | 'void'>
  cause: string | null
  provisional: Generated<boolean>
  kept_at: Date | null
  run_id: bigint | null
  judged_at: Date | null
}

export interface CalendarYearTable {
  calendar: string
  year: number
  notice: string | null
}

export interface CalendarDayTable {
  calendar: string
  /** `YYYY-MM-DD` */
  day: string
  is_working: boolean
  name: string | null
}
