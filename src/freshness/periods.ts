import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import { type HourPeriod, hoursBetween } from './hours.ts'
import { type LocalDate, localDate, startOfDay } from './zone.ts'

/** One period of a cycle: `start` inclusive, `end` exclusive, both instants. */
export interface Period {
  /**
   * The period as people say it, the same in every language: `2026-10-31T08` (an hour; with its offset where the
   * clock shows that hour twice), `2026-10-31`, `2026-W44` (ISO week), `2026-10-A|B|C` (ten days), `2026-10-1H|2H`
   * (half months), `2026-10`, `2026-Q4`, `2026-H2`, `2026`.
   */
  readonly label: string
  readonly start: Date
  readonly end: Date
  /** Local dates of the period's first and last day, `YYYY-MM-DD`. */
  readonly firstDay: string
  readonly lastDay: string
}

interface Calendar {
  /** First day of the period that holds the date. */
  first(date: LocalDate): LocalDate
  /** First day of the period that follows the one starting here. */
  next(start: LocalDate): LocalDate
  label(start: LocalDate): string
}

/**
 * The periods of a cycle that hold some instant of `[from, until)`, in order: whole periods, so the first may start
 * before `from` and the last end after `until`. Every instant is in exactly one of them. Periods are those of the
 * calendar in the zone, never a number of hours: a month ends at its end, a day of a clock change has 23 or 25
 * hours, a day that the zone skipped has no period.
 *
 * `realtime` counts by the hour like `hourly`: each hour's data is owed once, after that dataset's own maximum lag
 * instead of the default one. A cycle without a clock has no periods.
 */
export function periodsBetween(cycle: CycleCode, timeZone: string, from: Date, until: Date): Period[] {
  if (cycle === 'hourly' || cycle === 'realtime') return hoursBetween(timeZone, from, until).map(periodOfHour)
  const calendar = calendars[cycle]
  if (calendar === undefined || from >= until) return []
  const found: Period[] = []
  let day = calendar.first(localDate(from, timeZone))
  let start = startOfDay(day, timeZone)
  while (start < until) {
    const nextDay = calendar.next(day)
    const end = startOfDay(nextDay, timeZone)
    if (end > from && end > start) {
      found.push({
        label: calendar.label(day),
        start,
        end,
        firstDay: day.toString(),
        lastDay: nextDay.subtract({ days: 1 }).toString(),
      })
    }
    day = nextDay
    start = end
  }
  return found
}

function periodOfHour(hour: HourPeriod): Period {
  const day = hour.label.slice(0, 10)
  return { label: hour.label, start: hour.start, end: hour.end, firstDay: day, lastDay: day }
}

/** Periods of `count` months, counted from January. */
function months(count: number, label: (year: string, ordinal: number, month: string) => string): Calendar {
  return {
    first: (date) => date.with({ month: date.month - ((date.month - 1) % count), day: 1 }),
    next: (start) => start.add({ months: count }),
    label: (start) => {
      const [year = '', month = ''] = start.toString().split('-')
      return label(year, (start.month - 1) / count + 1, month)
    },
  }
}

/** Parts of a month that begin on the given days. */
function partsOfMonth(days: readonly number[], names: readonly string[]): Calendar {
  const part = (date: LocalDate) => days.findLastIndex((day) => day <= date.day)
  return {
    first: (date) => date.with({ day: days[part(date)] ?? 1 }),
    next: (start) => {
      const nextDay = days[part(start) + 1]
      return nextDay === undefined ? start.with({ day: 1 }).add({ months: 1 }) : start.with({ day: nextDay })
    },
    label: (start) => `${start.toString().slice(0, 7)}-${names[part(start)] ?? ''}`,
  }
}

const calendars: Partial<Record<CycleCode, Calendar>> = {
  daily: {
    first: (date) => date,
    next: (start) => start.add({ days: 1 }),
    label: (start) => start.toString(),
  },
  weekly: {
    first: (date) => date.subtract({ days: date.dayOfWeek - 1 }),
    next: (start) => start.add({ days: 7 }),
    label: (start) => `${start.yearOfWeek ?? start.year}-W${String(start.weekOfYear ?? 0).padStart(2, '0')}`,
  },
  tendays: partsOfMonth([1, 11, 21], ['A', 'B', 'C']),
  semimonthly: partsOfMonth([1, 16], ['1H', '2H']),
  monthly: months(1, (year, _, month) => `${year}-${month}`),
  quarterly: months(3, (year, ordinal) => `${year}-Q${ordinal}`),
  semiannual: months(6, (year, ordinal) => `${year}-H${ordinal}`),
  annual: months(12, (year) => year),
}
