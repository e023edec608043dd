import { Temporal } from 'temporal-polyfill'
import { startOfDay } from '../freshness/zone.ts'

export type SpanUnit = 'month' | 'quarter' | 'year'

/** A month, quarter or year of the calendar, as people write it: `2026-10`, `2026-Q4`, `2026`. */
export interface Span {
  readonly unit: SpanUnit
  readonly label: string
  /** First day, `YYYY-MM-DD`; always the first of a month. */
  readonly since: string
  /** The day after the last. */
  readonly until: string
}

const shapes: Readonly<Record<SpanUnit, RegExp>> = {
  month: /^(\d{4})-(0[1-9]|1[0-2])$/,
  quarter: /^(\d{4})-?Q([1-4])$/i,
  year: /^(\d{4})$/,
}

/** How each unit is written, for those who wrote it otherwise. */
export const spanExamples: Readonly<Record<SpanUnit, string>> = {
  month: '2026-10',
  quarter: '2026-Q4',
  year: '2026',
}

const monthsOf: Readonly<Record<SpanUnit, number>> = { month: 1, quarter: 3, year: 12 }

/** The span a text names; undefined where it names none. */
export function parseSpan(unit: SpanUnit, text: string): Span | undefined {
  const [, year, part = '1'] = shapes[unit].exec(text) ?? []
  if (year === undefined) return undefined
  const month = (Number(part) - 1) * monthsOf[unit] + 1
  return spanFrom(unit, Temporal.PlainDate.from({ year: Number(year), month, day: 1 }))
}

/** The span that an instant lies in, by the calendar of a zone. */
export function spanAt(unit: SpanUnit, instant: Date, timeZone: string): Span {
  const day = Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
  const month = day.month - ((day.month - 1) % monthsOf[unit])
  return spanFrom(unit, day.with({ month, day: 1 }))
}

/** The span before: with it growth is compared. */
export function spanBefore({ unit, since }: Span): Span {
  return spanFrom(unit, Temporal.PlainDate.from(since).subtract({ months: monthsOf[unit] }))
}

/** The instants at which a span begins and ends in a zone. */
export function instantsOf(
  { since, until }: Span,
  timeZone: string,
): { readonly begin: Date; readonly end: Date } {
  const start = (day: string) => startOfDay(Temporal.PlainDate.from(day), timeZone)
  return { begin: start(since), end: start(until) }
}

function spanFrom(unit: SpanUnit, first: Temporal.PlainDate): Span {
  const until = first.add({ months: monthsOf[unit] })
  return { unit, label: labelOf(unit, first), since: first.toString(), until: until.toString() }
}

function labelOf(unit: SpanUnit, first: Temporal.PlainDate): string {
  if (unit === 'month') return first.toPlainYearMonth().toString()
  const year = first.toString().slice(0, -'-01-01'.length)
  return unit === 'year' ? year : `${year}-Q${Math.ceil(first.month / 3)}`
}
