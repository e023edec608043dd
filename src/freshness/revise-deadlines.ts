import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type Calendar, unknownCalendar } from './calendar.ts'
import { type TermsRow, termsColumns, termsOf } from './commitments.ts'
import { dueOf } from './due.ts'
import { localDate } from './zone.ts'

interface Row extends TermsRow {
  calendar: string
  period_end: Date
}

export interface ReviseOptions {
  readonly now: Date
  /** Calendars that say something else than before; absent: none. */
  readonly changed?: readonly string[]
}

/**
 * Counts deadlines in working days again: those counted over a year without a calendar, once that year is known, and
 * all of a calendar that was changed. Where a deadline moves, the period is pending again and the next judging
 * decides; what was said by the old one stays in `guiji.judgement`. Equal terms and periods are counted once.
 */
export async function reviseDeadlines(
  db: Kysely<ControlDatabase>,
  calendars: ReadonlyMap<string, Calendar>,
  { now, changed = [] }: ReviseOptions,
): Promise<void> {
  const { rows } = await sql<Row>`
    select distinct c.calendar, o.period_end, ${termsColumns}
    from guiji.occurrence o
    join guiji.commitment c on c.id = o.commitment_id
    where o.outcome <> 'void' and c.grace_working_days > 0 and (
      (o.provisional and exists (
        select from guiji.calendar_year y
        where y.calendar = c.calendar and y.year = extract(year from o.late_at at time zone c.time_zone)))
      or (${changed.length > 0} and c.calendar = any(${changed}::text[])))`.execute(db)
  if (rows.length === 0) return
  const revised = rows.map((row) => ({ ...row, ...recount(row, calendars) }))
  await sql`
    update guiji.occurrence o set
      late_at = r.late_at, provisional = r.provisional,
      outcome = case when o.late_at = r.late_at then o.outcome else 'pending' end,
      cause = case when o.late_at = r.late_at then o.cause end,
      kept_at = case when o.late_at = r.late_at then o.kept_at end,
      run_id = case when o.late_at = r.late_at then o.run_id end,
      judged_at = ${now}, judged_for = 'calendar'
    from guiji.commitment c
    join jsonb_to_recordset(${JSON.stringify(revised)}::jsonb) as r (calendar text, cycle text, time_zone text,
        due_time time, due_after_days int, grace_hours float8, grace_working_days int, period_end timestamptz,
        late_at timestamptz, provisional boolean)
      on (c.calendar, c.cycle, c.time_zone, c.due_time, c.due_after_days, c.grace_working_days)
        = (r.calendar, r.cycle, r.time_zone, r.due_time, r.due_after_days, r.grace_working_days)
      and c.grace_hours is not distinct from r.grace_hours
    where o.commitment_id = c.id and o.period_end = r.period_end and o.outcome <> 'void'
      and (o.late_at, o.provisional) is distinct from (r.late_at, r.provisional)`.execute(db)
}

function recount(row: Row, calendars: ReadonlyMap<string, Calendar>) {
  const terms = termsOf(row)
  const lastDay = localDate(new Date(row.period_end.getTime() - 1), terms.timeZone).toString()
  const calendar = calendars.get(row.calendar) ?? unknownCalendar
  const { lateAt, provisional } = dueOf({ end: row.period_end, lastDay }, terms, calendar)
  return { late_at: lateAt, provisional }
}
