import { hoursBetween } from '../freshness/hours.ts'
import { at, instantOf, type LocalDate, localDate, localDateTime } from '../freshness/zone.ts'
import { type Cron, meansDate } from './cron.ts'

/**
 * The instants that a cron expression means in a zone, after `after` up to and with `until`, in order. Times of the
 * day happen once a day whatever the clock does: one that is skipped happens later by the length of the gap, one
 * that comes twice happens the first time. A rhythm (`*` or `*`/n in the hour field) follows the clock: it happens
 * in both hours of an autumn night and not in an hour that does not exist.
 */
export function cronInstants(cron: Cron, timeZone: string, after: Date, until: Date): Date[] {
  const found = cron.everyHour
    ? rhythm(cron, timeZone, after, until)
    : timesOfDay(cron, timeZone, after, until)
  const wanted = found.filter((instant) => instant > after.getTime() && instant <= until.getTime())
  return [...new Set(wanted)].toSorted((one, other) => one - other).map((instant) => new Date(instant))
}

function timesOfDay(cron: Cron, timeZone: string, after: Date, until: Date): number[] {
  const found: number[] = []
  // A day earlier and later: a gap or a skipped day can move a time out of its own date.
  const last = localDate(until, timeZone).add({ days: 1 })
  let date: LocalDate = localDate(after, timeZone).subtract({ days: 1 })
  for (; date.since(last).sign <= 0; date = date.add({ days: 1 })) {
    if (!meansDate(cron, date)) continue
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        found.push(instantOf(at(date, clockText(hour, minute)), timeZone).getTime())
      }
    }
  }
  return found
}

function rhythm(cron: Cron, timeZone: string, after: Date, until: Date): number[] {
  const found: number[] = []
  for (const { start, end } of hoursBetween(timeZone, after, new Date(until.getTime() + 1))) {
    const local = localDateTime(start, timeZone)
    if (!cron.hours.includes(local.hour) || !meansDate(cron, local)) continue
    for (const minute of cron.minutes) {
      const instant = start.getTime() + (minute - local.minute) * 60_000
      if (minute >= local.minute && instant < end.getTime()) found.push(instant)
    }
  }
  return found
}

function clockText(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}
