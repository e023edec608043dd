import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import type { Terms } from './due.ts'
import { dateFrom, localDate, startOfDay } from './zone.ts'

/** One version of a dataset's commitment, as the planner needs it. */
export interface Commitment {
  readonly id: bigint
  readonly datasetId: bigint
  readonly terms: Terms
  readonly calendar: string
  /** A period is owed by the version in force at its start: from this instant … */
  readonly from: Date
  /** … to this one, exclusive; absent: open-ended. */
  readonly to: Date | undefined
  /** Nothing that was already late when the promise was recorded is owed: no one could keep it. */
  readonly recordedAt: Date
  /** Start of its newest planned period; absent: nothing is planned yet. */
  readonly plannedThrough: Date | undefined
}

/** The columns of a commitment that `termsOf` reads, by these names. */
export interface TermsRow {
  cycle: CycleCode
  time_zone: string
  due_time: string
  due_after_days: number
  grace_hours: number | null
  grace_working_days: number | null
  lag_seconds: number | null
  seasons: string[]
}

/** Selects a `TermsRow` from `guiji.commitment c`. */
export const termsColumns = sql`c.cycle, c.time_zone, c.due_time::text as due_time, c.due_after_days, c.grace_hours,
  c.grace_working_days, extract(epoch from c.max_lag)::float8 as lag_seconds, c.seasons`

interface Row extends TermsRow {
  id: bigint
  dataset_id: bigint
  calendar: string
  effective_from: string
  effective_to: string | null
  recorded_at: Date
  planned_through: Date | null
}

/** The commitments of datasets that are on the list, all versions, in order of their ids. */
export async function loadCommitments(
  db: Kysely<ControlDatabase>,
  datasetIds?: readonly bigint[],
): Promise<Commitment[]> {
  const { rows } = await sql<Row>`
    select c.id, c.dataset_id, ${termsColumns}, c.calendar, c.effective_from::text as effective_from, c.effective_to::text as effective_to, c.recorded_at, planned.through as planned_through
    from guiji.commitment c
    join guiji.dataset d on d.id = c.dataset_id and d.retired_at is null
    left join lateral (select max(o.period_start) as through from guiji.occurrence o where o.commitment_id = c.id)
      planned on true
    where ${datasetIds === undefined} or c.dataset_id = any(${datasetIds ?? []}::bigint[])
    order by c.id`.execute(db)
  return rows.map(commitmentOf)
}

function commitmentOf(row: Row): Commitment {
  return {
    id: row.id,
    datasetId: row.dataset_id,
    calendar: row.calendar,
    from: startOfDay(dateFrom(row.effective_from), row.time_zone),
    to: row.effective_to === null ? undefined : startOfDay(dateFrom(row.effective_to), row.time_zone),
    recordedAt: row.recorded_at,
    plannedThrough: row.planned_through ?? undefined,
    terms: termsOf(row),
  }
}

export function termsOf(row: TermsRow): Terms {
  return {
    cycle: row.cycle,
    timeZone: row.time_zone,
    dueTime: row.due_time,
    dueAfterDays: row.due_after_days,
    graceHours: row.grace_hours,
    graceWorkingDays: row.grace_working_days,
    lagSeconds: row.lag_seconds,
    seasons: row.seasons,
  }
}

/** A version of a commitment as far as changing it matters. `effectiveFrom` is a local date, `YYYY-MM-DD`. */
export interface Version {
  readonly timeZone: string
  readonly effectiveFrom: string
}

/**
 * The local date from which a changed commitment can take effect: what it says itself, but never before tomorrow,
 * because a period that has begun is owed as it was promised when it began, and never on or before the day its
 * predecessor took effect.
 */
export function changeTakesEffect(previous: Version, next: Version, now: Date): string {
  const tomorrow = localDate(now, next.timeZone).add({ days: 1 }).toString()
  const afterPrevious = dateFrom(previous.effectiveFrom).add({ days: 1 }).toString()
  return [next.effectiveFrom, tomorrow, afterPrevious].toSorted().at(-1) ?? tomorrow
}
