import { Temporal } from 'temporal-polyfill'

/**
 * Local dates and times of an IANA zone as instants. Rules for times that a clock change makes strange, the same
 * as RFC 5545: a time that does not exist moves forward by the length of the gap; a time that exists twice is the
 * first of the two. A day begins at its first existing instant; a day that the zone skipped has no length.
 */
export type LocalDate = Temporal.PlainDate
export type LocalDateTime = Temporal.PlainDateTime

/** @param text `YYYY-MM-DD` */
export function dateFrom(text: string): LocalDate {
  return Temporal.PlainDate.from(text)
}

export function startOfDay(date: LocalDate, timeZone: string): Date {
  return new Date(date.toZonedDateTime(timeZone).epochMilliseconds)
}

/** False for a date that the zone skipped, as Pacific/Apia did 2011-12-30. */
export function dayExists(date: LocalDate, timeZone: string): boolean {
  return date.toZonedDateTime(timeZone).toPlainDate().equals(date)
}

/** @param time `HH:MM` or `HH:MM:SS` */
export function at(date: LocalDate, time: string): LocalDateTime {
  return date.toPlainDateTime(Temporal.PlainTime.from(time))
}

export function instantOf(local: LocalDateTime, timeZone: string): Date {
  return new Date(local.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds)
}

export function localDateTime(instant: Date, timeZone: string): LocalDateTime {
  return zoned(instant.getTime(), timeZone).toPlainDateTime()
}

export function localDate(instant: Date, timeZone: string): LocalDate {
  return zoned(instant.getTime(), timeZone).toPlainDate()
}

/** A stretch of time in which the zone keeps one offset from UTC. Milliseconds; `end` is exclusive. */
export interface OffsetStretch {
  readonly start: number
  readonly end: number
  readonly offset: number
}

/** The stretches of constant offset that make up `[from, until)`, in order. */
export function* offsetStretches(timeZone: string, from: number, until: number): Generator<OffsetStretch> {
  let start = from
  while (start < until) {
    const here = zoned(start, timeZone)
    const change = here.getTimeZoneTransition('next')?.epochMilliseconds ?? until
    const end = Math.min(change, until)
    yield { start, end, offset: here.offsetNanoseconds / 1e6 }
    start = end
  }
}

function zoned(milliseconds: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timeZone)
}
