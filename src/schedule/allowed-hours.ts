import { at, instantOf, type LocalDate, localDate, localDateTime } from '../freshness/zone.ts'

/** Local hours in which a source may be read. */
export interface AllowedHours {
  /** `20:00-06:00` (over midnight) or `09:00-17:00`, the end exclusive; undefined: always. */
  readonly hours: string | undefined
  readonly timeZone: string
  /** The harvest's own place, in [0, 1). */
  readonly spread: number
}

/** A deadline that a try was meant to meet, and the instant from which on a try can count. */
export interface Window {
  readonly readyAt: Date
  readonly deadline: Date
}

const minute = 60_000

/**
 * The first instant from `instant` on at which a source may be read. What is moved to the beginning of the hours is
 * spread over their first half hour, or over all of them where they are shorter. Where that would be after the
 * deadline which `instant` was to meet, the last chance before it is taken instead, if there is one in the window.
 */
export function withinHours(instant: Date, allowed: AllowedHours, window?: Window): Date {
  const span = readSpan(allowed.hours)
  if (span === undefined || isOnTheClock(instant, span, allowed.timeZone)) return instant
  const open = openHours(instant, span, allowed.timeZone)
  if (open.some(({ start, end }) => start <= instant && instant < end)) return instant
  const next = open.find(({ start }) => start > instant)
  if (next === undefined) return instant
  const later = new Date(next.start.getTime() + spreadOver(next, allowed.spread))
  if (window === undefined || later < window.deadline || instant >= window.deadline) return later
  const last = open.findLast(({ end }) => end <= instant)
  const earlier =
    last && new Date(last.end.getTime() - minute - spreadOver(last, allowed.spread, window.readyAt))
  return earlier !== undefined && earlier >= window.readyAt ? earlier : later
}

interface Hours {
  readonly start: Date
  readonly end: Date
}

function readSpan(hours: string | undefined): readonly [string, string] | undefined {
  const [from, to] = hours?.split('-') ?? []
  return from === undefined || to === undefined || from === to ? undefined : [from, to]
}

/** The open hours around an instant, a day or two either way, in order. */
function openHours(instant: Date, [from, to]: readonly [string, string], timeZone: string): Hours[] {
  const today = localDate(instant, timeZone)
  const instantAt = (day: LocalDate, time: string) => instantOf(at(day, time), timeZone)
  return [-2, -1, 0, 1, 2]
    .map((days) => today.add({ days }))
    .map((day) => ({
      start: instantAt(day, from),
      end: instantAt(from < to ? day : day.add({ days: 1 }), to),
    }))
    .filter(({ start, end }) => start < end)
}

function spreadOver({ start, end }: Hours, spread: number, notBefore = start): number {
  const length = end.getTime() - Math.max(start.getTime(), notBefore.getTime())
  const minutes = Math.max(0, Math.min(30, Math.floor(length / minute) - 1))
  return Math.floor(spread * minutes) * minute
}

/** One look at the clock: most instants are allowed, and need no more. */
function isOnTheClock(instant: Date, [from, to]: readonly [string, string], timeZone: string): boolean {
  const time = localDateTime(instant, timeZone).toPlainTime().toString().slice(0, 5)
  return from < to ? from <= time && time < to : from <= time || time < to
}
