import { offsetStretches } from './zone.ts'

/** A clock hour of a zone. */
export interface HourPeriod {
  /** `2026-10-31T08`, with the offset (`2026-10-25T02+01:00`) where the clock shows that hour twice. */
  readonly label: string
  readonly start: Date
  readonly end: Date
}

interface ClockHour {
  readonly start: number
  readonly end: number
  readonly offset: number
  readonly name: string
}

const hour = 3_600_000
/** A label must not depend on the window asked for, and no clock change repeats an hour more than a day later. */
const margin = 26 * hour

/**
 * The clock hours that hold some instant of `[from, until)`. An hour runs from one full hour on the zone's clock
 * to the next, and a clock change always ends one: the hour that Europe/Berlin shows twice in October is two
 * periods, the one that it skips in March is none, and the half-hour change of Australia/Lord_Howe leaves one
 * period of 30 minutes.
 */
export function hoursBetween(timeZone: string, from: Date, until: Date): HourPeriod[] {
  if (from >= until) return []
  const hours = clockHours(timeZone, from.getTime() - margin, until.getTime() + margin)
  const shown = new Map<string, number>()
  for (const { name } of hours) shown.set(name, (shown.get(name) ?? 0) + 1)
  return hours
    .filter(({ start, end }) => end > from.getTime() && start < until.getTime())
    .map(({ start, end, offset, name }) => ({
      label: (shown.get(name) ?? 0) > 1 ? name + offsetText(offset) : name,
      start: new Date(start),
      end: new Date(end),
    }))
}

function clockHours(timeZone: string, from: number, until: number): ClockHour[] {
  const hours: ClockHour[] = []
  for (const stretch of offsetStretches(timeZone, from, until)) {
    let start = stretch.start
    while (start < stretch.end) {
      const local = start + stretch.offset
      const fullHour = (Math.floor(local / hour) + 1) * hour - stretch.offset
      const end = Math.min(fullHour, stretch.end)
      hours.push({ start, end, offset: stretch.offset, name: new Date(local).toISOString().slice(0, 13) })
      start = end
    }
  }
  return hours
}

function offsetText(offset: number): string {
  const minutes = Math.abs(Math.trunc(offset / 60_000))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
