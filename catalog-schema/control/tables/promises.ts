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
  /** `MM-DD/MM-DD`, both included; none: owed all year. */
  seasons: Generated<string[]>
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
  /** Up to here a delay is excused by a waiver. */
  waived_until: Date | null
  /** What the last judgement followed from. */
  judged_for: Generated<JudgementReason>
}

/** Why something was said of a period: its time had come, data came, or a fact it rests on changed. */
export type JudgementReason =
  | 'deadline'
  | 'delivery'
  | 'calendar'
  | 'waiver'
  | 'waiver-revoked'
  | 'commitment'
  | 'list'

/** Append-only: everything that was ever said of an occurrence; written by a trigger of `guiji.occurrence`. */
export interface JudgementTable {
  id: Generated<bigint>
  occurrence_id: bigint
  dataset_id: bigint
  at: Date
  reason: JudgementReason
  outcome: string
  cause: string | null
  kept_at: Date | null
  run_id: bigint | null
  late_at: Date
  waived_until: Date | null
  provisional: boolean
}

/** Append-only: a delay of a period that a department announced. */
export interface WaiverTable {
  id: Generated<bigint>
  dataset_id: bigint
  period: string
  /** Null: the period is not owed at all. */
  until: Date | null
  reason: string
  announced_by: string
  origin: 'command' | 'document'
  recorded_by: string
  recorded_at: Date
}

export interface WaiverRevocationTable {
  waiver_id: bigint
  reason: string
  revoked_by: string
  revoked_at: Date
}

type CalendarOrigin = Generated<'package' | 'document' | 'table'>

export interface CalendarTable {
  code: string
  name: string | null
  /** ISO days of the week that are not worked. */
  rest_days: Generated<number[]>
}

export interface CalendarYearTable {
  calendar: string
  year: number
  notice: string | null
  origin: CalendarOrigin
}

export interface CalendarDayTable {
  calendar: string
  /** `YYYY-MM-DD` */
  day: string
  is_working: boolean
  name: string | null
  origin: CalendarOrigin
}
