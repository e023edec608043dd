import type pg from 'pg'
import type { CalendarDocument, Workspace } from '../../catalog-schema/documents/documents.ts'
import { seedCalendar } from '../freshness/seed-calendar.ts'
import { dateFrom } from '../freshness/zone.ts'
import { controlOf } from '../store/control-of.ts'

const weekDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

interface Day {
  readonly calendar: string
  readonly day: string
  readonly working: boolean
  readonly name?: string
}

/**
 * Makes the calendars say what the workspace says: its years take the place of those that guiji brings, its single
 * days come on top, and what it said before and says no more is gone. A day that was written into the table by hand
 * stays.
 */
export async function recordCalendars(
  client: pg.ClientBase,
  { calendars = [] }: Pick<Workspace, 'calendars'>,
): Promise<void> {
  await client.query(`delete from guiji.calendar_day where origin = 'document'`)
  await client.query(`delete from guiji.calendar_year where origin = 'document'`)
  await client.query(`delete from guiji.calendar`)
  await recordWeeks(client, calendars)
  await recordYears(client, calendars)
  await recordDays(client, calendars.flatMap(daysOf))
  await seedCalendar(controlOf(client))
}

async function recordWeeks(client: pg.ClientBase, calendars: readonly CalendarDocument[]): Promise<void> {
  const rows = calendars.map(({ code, name, restDays }) => ({
    code,
    name,
    restDays: restDays.map((day) => weekDays.indexOf(day) + 1),
  }))
  await client.query(
    `insert into guiji.calendar (code, name, rest_days)
     select c->>'code', c->>'name', array(select jsonb_array_elements_text(c->'restDays')::int)
     from jsonb_array_elements($1::jsonb) c`,
    [JSON.stringify(rows)],
  )
}

async function recordYears(client: pg.ClientBase, calendars: readonly CalendarDocument[]): Promise<void> {
  const years = calendars.flatMap(({ code, years }) =>
    years.map(({ year, notice }) => ({ calendar: code, year, notice })),
  )
  const given = `jsonb_to_recordset($1::jsonb) as y (calendar text, year int, notice text)`
  const values = [JSON.stringify(years)]
  await client.query(
    `delete from guiji.calendar_day d using ${given}
     where d.origin = 'package' and d.calendar = y.calendar and extract(year from d.day) = y.year`,
    values,
  )
  await client.query(
    `insert into guiji.calendar_year (calendar, year, notice, origin)
     select calendar, year, notice, 'document' from ${given}
     on conflict (calendar, year) do update set notice = excluded.notice, origin = 'document'`,
    values,
  )
}

/** A day that is given twice is as the later of the two says: single changes come after the years. */
async function recordDays(client: pg.ClientBase, days: readonly Day[]): Promise<void> {
  const last = new Map(days.map((day) => [`${day.calendar} ${day.day}`, day]))
  await client.query(
    `insert into guiji.calendar_day as held (calendar, day, is_working, name, origin)
     select calendar, day, working, name, 'document'
     from jsonb_to_recordset($1::jsonb) as d (calendar text, day date, working boolean, name text)
     on conflict (calendar, day) do update set is_working = excluded.is_working, name = excluded.name,
       origin = 'document' where held.origin <> 'table'`,
    [JSON.stringify([...last.values()])],
  )
}

function daysOf({ code, years, changes }: CalendarDocument): Day[] {
  const listed = (ranges: readonly string[], working: boolean) =>
    ranges.flatMap((range) => datesOf(range).map((day) => ({ calendar: code, day, working })))
  return [
    ...years.flatMap(({ off, worked }) => [...listed(off, false), ...listed(worked, true)]),
    ...changes.map((change) => ({ calendar: code, ...change })),
  ]
}

/** @param range `YYYY-MM-DD`, or first and last day joined by `/` */
function datesOf(range: string): string[] {
  const [first = '', last = first] = range.split('/')
  const dates: string[] = []
  for (let day = dateFrom(first); day.toString() <= last; day = day.add({ days: 1 }))
    dates.push(day.toString())
  return dates
}
