import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type Calendar, unknownCalendar } from './calendar.ts'
import { type TermsRow, termsColumns, termsOf } from './commitments.ts'
import { dueOf } from './due.ts'
import { localDate } from './zone.ts'

interface Row extends TermsRow {
  id: bigint
  period: string
  period_start: Date
  period_end: Date
  calendar: string
}

/**
 * Counts the deadlines again that were counted over a year without a calendar, once that year is known. Where one
 * had been judged by its provisional deadline already, it is pending again and the next judging decides.
 */
export async function reviseProvisional(
  db: Kysely<ControlDatabase>,
  calendars: ReadonlyMap<string, Calendar>,
): Promise<void> {
  const { rows } = await sql<Row>`
    select o.id, o.period, o.period_start, o.period_end, c.calendar, ${termsColumns}
    from guiji.occurrence o
    join guiji.commitment c on c.id = o.commitment_id
    join guiji.calendar_year y on y.calendar = c.calendar
      and y.year = extract(year from o.late_at at time zone c.time_zone)
    where o.provisional and o.outcome in ('pending', 'kept', 'late', 'missed')`.execute(db)
  const revised = rows.map((row) => ({ id: row.id, ...recount(row, calendars) }))
  if (revised.length === 0) return
  await sql`
    update guiji.occurrence o set
      late_at = revised.late_at, provisional = revised.provisional,
      outcome = 'pending', cause = null, kept_at = null, run_id = null, judged_at = null
    from unnest(${revised.map(({ id }) => id)}::bigint[],
      ${revised.map(({ lateAt }) => lateAt.toISOString())}::timestamptz[],
      ${revised.map(({ provisional }) => provisional)}::boolean[]) as revised (id, late_at, provisional)
    where o.id = revised.id
      and (o.late_at <> revised.late_at or o.provisional <> revised.provisional)`.execute(db)
}

function recount(row: Row, calendars: ReadonlyMap<string, Calendar>) {
  const terms = termsOf(row)
  const lastDay = localDate(new Date(row.period_end.getTime() - 1), terms.timeZone).toString()
  const period = { label: row.period, start: row.period_start, end: row.period_end, lastDay }
  return dueOf(period, terms, calendars.get(row.calendar) ?? unknownCalendar)
}
