import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { dateFrom } from './zone.ts'

/** A working-day calendar: what is known, and nothing guessed. */
export interface Calendar {
  /** Years whose notice is known: their days are as listed, or else the week's own. */
  readonly years: ReadonlySet<number>
  /** `YYYY-MM-DD` → worked or not, for days that differ from the week's own. */
  readonly days: ReadonlyMap<string, boolean>
  /** ISO days of the week that are not worked; absent: Saturday and Sunday. */
  readonly restDays?: readonly number[]
}

/** A calendar nobody has described: every day is unknown. */
export const unknownCalendar: Calendar = { years: new Set(), days: new Map() }

/** Whether people work on a date (`YYYY-MM-DD`). `unknown`: neither the day nor its year is known. */
export function workingDay(calendar: Calendar, date: string): boolean | 'unknown' {
  const listed = calendar.days.get(date)
  if (listed !== undefined) return listed
  if (!calendar.years.has(Number(date.slice(0, 4)))) return 'unknown'
  return !isRestDay(calendar, dateFrom(date).dayOfWeek)
}

/** @param dayOfWeek 1 Monday … 7 Sunday */
export function isRestDay({ restDays = [6, 7] }: Calendar, dayOfWeek: number): boolean {
  return restDays.includes(dayOfWeek)
}

/** All calendars of the store, by code. */
export async function loadCalendars(db: Kysely<ControlDatabase>): Promise<ReadonlyMap<string, Calendar>> {
  const calendars = new Map<string, Calendar & { years: Set<number>; days: Map<string, boolean> }>()
  const weeks = await sql<{ code: string; restDays: number[] }>`
    select code, rest_days as "restDays" from guiji.calendar`.execute(db)
  for (const { code, restDays } of weeks.rows)
    calendars.set(code, { years: new Set(), days: new Map(), restDays })
  const of = (code: string) => {
    const known = calendars.get(code) ?? { years: new Set<number>(), days: new Map<string, boolean>() }
    calendars.set(code, known)
    return known
  }
  const years = await sql<{ calendar: string; year: number }>`
    select calendar, year from guiji.calendar_year`.execute(db)
  for (const { calendar, year } of years.rows) of(calendar).years.add(year)
  const days = await sql<{ calendar: string; day: string; is_working: boolean }>`
    select calendar, day::text as day, is_working from guiji.calendar_day`.execute(db)
  for (const { calendar, day, is_working } of days.rows) of(calendar).days.set(day, is_working)
  return calendars
}
