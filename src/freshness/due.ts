import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import type { Calendar } from './calendar.ts'
import { graceEnd } from './grace.ts'
import type { Period } from './periods.ts'
import type { Season } from './seasons.ts'
import { at, dateFrom, instantOf, type LocalDateTime, localDateTime } from './zone.ts'

/** What a commitment says about time. */
export interface Terms {
  readonly cycle: CycleCode
  readonly timeZone: string
  /** Local, `HH:MM` or `HH:MM:SS`. Not used by the cycles counted in hours. */
  readonly dueTime: string
  /** Calendar days after the period's last day. Not used by the cycles counted in hours. */
  readonly dueAfterDays: number
  readonly graceHours: number | null
  readonly graceWorkingDays: number | null
  /** Seconds after the end of an hour at which its data is due; null: one hour. Only for cycles counted in hours. */
  readonly lagSeconds: number | null
  /** Stretches of the year in which periods are owed; none: all year. */
  readonly seasons: readonly Season[]
}

export interface Due {
  /** The instant the data is promised for. */
  readonly dueAt: Date
  /** `dueAt` plus grace: a delivery up to here, inclusive, keeps the promise. */
  readonly lateAt: Date
  /** True: the grace was counted over a year whose calendar is not known, taking the ordinary week for it. */
  readonly provisional: boolean
}

const defaultLagSeconds = 3_600

/**
 * When a period's data is due. Day and longer cycles: at the local due time, `dueAfterDays` after the last day.
 * Hourly and realtime: the lag after the hour's end. Grace in working days runs to the same local time of the n-th
 * working day after the due date (which itself is not counted); grace in hours is elapsed time and comes after it.
 */
export function dueOf(period: Pick<Period, 'end' | 'lastDay'>, terms: Terms, calendar: Calendar): Due {
  const { timeZone, cycle } = terms
  const hourly = cycle === 'hourly' || cycle === 'realtime'
  const dueAt = hourly ? afterLag(period, terms) : instantOf(dueTimeOf(period, terms), timeZone)
  const workingDays = terms.graceWorkingDays ?? 0
  const hours = (terms.graceHours ?? 0) * 3_600_000
  if (workingDays === 0) return { dueAt, lateAt: new Date(dueAt.getTime() + hours), provisional: false }
  const promised = hourly ? localDateTime(dueAt, timeZone) : dueTimeOf(period, terms)
  const { day, provisional } = graceEnd(promised.toPlainDate().toString(), workingDays, calendar, timeZone)
  const end = instantOf(dateFrom(day).toPlainDateTime(promised.toPlainTime()), timeZone)
  return { dueAt, lateAt: new Date(end.getTime() + hours), provisional }
}

/** An instant, not a local time: an hour that the clock shows twice could not be told from it. */
function afterLag({ end }: Pick<Period, 'end'>, { lagSeconds }: Terms): Date {
  return new Date(end.getTime() + (lagSeconds ?? defaultLagSeconds) * 1000)
}

function dueTimeOf({ lastDay }: Pick<Period, 'lastDay'>, { dueAfterDays, dueTime }: Terms): LocalDateTime {
  return at(dateFrom(lastDay).add({ days: dueAfterDays }), dueTime)
}
