import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import { type Calendar, isRestDay, workingDay } from './calendar.ts'
import type { Period } from './periods.ts'
import type { Season } from './seasons.ts'
import { at, dateFrom, dayExists, instantOf, type LocalDateTime, localDateTime } from './zone.ts'

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
  const { timeZone } = terms
  const counted = terms.cycle === 'hourly' || terms.cycle === 'realtime'
  const lag = (terms.lagSeconds ?? defaultLagSeconds) * 1000
  const promised = counted
    ? localDateTime(new Date(period.end.getTime() + lag), timeZone)
    : at(dateFrom(period.lastDay).add({ days: terms.dueAfterDays }), terms.dueTime)
  // An hour that the clock shows twice cannot be told from its local time: keep the instant.
  const dueAt = counted ? new Date(period.end.getTime() + lag) : instantOf(promised, timeZone)
  const grace = afterWorkingDays(promised, terms.graceWorkingDays ?? 0, calendar, timeZone)
  const graceEnd = grace.days === 0 ? dueAt : instantOf(grace.local, timeZone)
  const lateAt = new Date(graceEnd.getTime() + (terms.graceHours ?? 0) * 3_600_000)
  return { dueAt, lateAt, provisional: grace.provisional }
}

interface Counted {
  readonly local: LocalDateTime
  readonly days: number
  readonly provisional: boolean
}

function afterWorkingDays(from: LocalDateTime, count: number, calendar: Calendar, timeZone: string): Counted {
  let local = from
  let days = 0
  let provisional = false
  while (days < count) {
    local = local.add({ days: 1 })
    const date = local.toPlainDate()
    if (!dayExists(date, timeZone)) continue
    const working = workingDay(calendar, date.toString())
    if (working === 'unknown') provisional = true
    if (working === 'unknown' ? !isRestDay(calendar, date.dayOfWeek) : working) days += 1
  }
  return { local, days, provisional }
}
