import notices from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'

/** One day that differs from Monday to Friday. `day` is `YYYY-MM-DD`. */
export interface NoticedDay {
  readonly day: string
  readonly working: boolean
  readonly name: string
}

/** The days of the State Council's yearly holiday notices: holidays, and the weekend days worked for them (调休). */
export function noticedDays(): NoticedDay[] {
  return [...daysOf(notices.holidays, false), ...daysOf(notices.workdays, true)]
}

/**
 * Writes the notices into calendar `cn`. What is already there stays, so that a day which an administrator has
 * changed is never changed back; a year that a newer package knows is added, unless the workspace
 * describes it. Safe to call at every start.
 */
export async function seedCalendar(db: Kysely<ControlDatabase>): Promise<void> {
  const days = noticedDays()
  const years = [...new Set(days.map(({ day }) => Number(day.slice(0, 4))))]
  await sql`
    insert into guiji.calendar_day (calendar, day, is_working, name, origin)
    select 'cn', day, is_working, name, 'package'
    from unnest(${days.map(({ day }) => day)}::date[], ${days.map(({ working }) => working)}::boolean[],
      ${days.map(({ name }) => name)}::text[]) as noticed (day, is_working, name)
    where not exists (select from guiji.calendar_year y
      where y.calendar = 'cn' and y.year = extract(year from noticed.day) and y.origin = 'document')
    on conflict do nothing`.execute(db)
  await sql`
    insert into guiji.calendar_year (calendar, year, notice, origin)
    select 'cn', year, '国务院办公厅节假日安排', 'package' from unnest(${years}::int[]) as noticed (year)
    on conflict do nothing`.execute(db)
}

/** The package gives each day as `English name,中文名,days off`. */
function daysOf(listed: Readonly<Record<string, string>>, working: boolean): NoticedDay[] {
  return Object.entries(listed).map(([day, text]) => ({ day, working, name: text.split(',')[1] ?? text }))
}
