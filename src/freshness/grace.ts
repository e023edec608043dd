import { type Calendar, isRestDay, workingDay } from './calendar.ts'
import { dateFrom, dayExists } from './zone.ts'

/** The day on which a grace in working days ends. */
export interface GraceEnd {
  /** `YYYY-MM-DD` */
  readonly day: string
  /** True: counted over days of which nobody knows whether they are worked, taking the ordinary week for it. */
  readonly provisional: boolean
}

/**
 * Ends of graces that were counted already: the day, its zone and the number decide, and the hours of a day share
 * them, as do all datasets with the same promise. They go with their calendar.
 */
const counted = new WeakMap<Calendar, Map<string, GraceEnd>>()

/** The `count`-th working day after `day` (`YYYY-MM-DD`), which itself is not counted; days that the zone skipped are none. */
export function graceEnd(day: string, count: number, calendar: Calendar, timeZone: string): GraceEnd {
  const known = counted.get(calendar) ?? new Map<string, GraceEnd>()
  counted.set(calendar, known)
  const key = `${day} ${count} ${timeZone}`
  const end = known.get(key) ?? countDays(day, count, calendar, timeZone)
  known.set(key, end)
  return end
}

function countDays(from: string, count: number, calendar: Calendar, timeZone: string): GraceEnd {
  let date = dateFrom(from)
  let provisional = false
  for (let days = 0; days < count; ) {
    date = date.add({ days: 1 })
    if (!dayExists(date, timeZone)) continue
    const working = workingDay(calendar, date.toString())
    if (working === 'unknown') provisional = true
    if (working === 'unknown' ? !isRestDay(calendar, date.dayOfWeek) : working) days += 1
  }
  return { day: date.toString(), provisional }
}
