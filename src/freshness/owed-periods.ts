import type { Calendar } from './calendar.ts'
import { type Due, dueOf, type Terms } from './due.ts'
import { type Period, periodsBetween } from './periods.ts'
import { inSeason } from './seasons.ts'

/** One period that is owed, and when. */
export interface OwedPeriod {
  readonly period: Period
  readonly due: Due
}

/**
 * What these terms owe for the periods that hold some instant of `[from, until)`; a period outside of their seasons is
 * not owed. Pure. That a period which had begun before the promise did is not owed is the caller's to see to.
 */
export function owedPeriods(terms: Terms, calendar: Calendar, from: Date, until: Date): OwedPeriod[] {
  return periodsBetween(terms.cycle, terms.timeZone, from, until)
    .filter((period) => inSeason(period, terms.seasons))
    .map((period) => ({ period, due: dueOf(period, terms, calendar) }))
}
