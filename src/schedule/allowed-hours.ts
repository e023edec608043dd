import { at, instantOf, localDateTime } from '../freshness/zone.ts'

/**
 * The first instant from `instant` on at which a source may be read. `hours` are local, `20:00-06:00` (over
 * midnight) or `09:00-17:00`, the end exclusive; undefined: always. What is moved to the beginning of the hours
 * is spread over their first half hour.
 *
 * @param spread in [0, 1)
 */
export function withinHours(
  instant: Date,
  hours: string | undefined,
  timeZone: string,
  spread: number,
): Date {
  const [from, to] = hours?.split('-') ?? []
  if (from === undefined || to === undefined || from === to) return instant
  const local = localDateTime(instant, timeZone)
  const time = local.toPlainTime().toString().slice(0, 5)
  const allowed = from < to ? from <= time && time < to : from <= time || time < to
  if (allowed) return instant
  const day = local.toPlainDate().add({ days: time < from ? 0 : 1 })
  return new Date(instantOf(at(day, from), timeZone).getTime() + Math.floor(spread * 30) * 60_000)
}
