import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import { localDate, startOfDay } from '../freshness/zone.ts'

/** An occurrence that still waits for its delivery. */
export interface OwedPeriod {
  /** As people say it: `2026-11-09`. */
  readonly period: string
  readonly cycle: CycleCode
  readonly timeZone: string
  readonly periodStart: Date
  readonly periodEnd: Date
  /** From here on a delivery counts. */
  readonly readyAt: Date
  readonly dueAt: Date
  readonly lateAt: Date
  /** When the next period is ready, from which on its own tries serve this one too; null: nothing follows. */
  readonly nextReadyAt: Date | null
}

const minute = 60_000
const hour = 60 * minute

/**
 * When to try for a period, where no cadence is given; instants after `after` up to and with `until`, in order.
 *
 * - Day and longer cycles: at the harvest's own minute of the night after the period ended, again shortly before
 *   it is due and before its grace ends, and every following night until the next period takes over.
 * - Hourly: a few minutes after the hour, and again ten minutes before it is due.
 * - Realtime: every half of the maximum lag, at least a minute apart, all through the hour.
 *
 * @param spread in [0, 1): the harvest's own place, so that a hundred harvests do not knock at one time
 */
export function tries(owed: OwedPeriod, spread: number, after: Date, until: Date): Date[] {
  const found = plannedTries(owed, spread, until)
  const end = owed.cycle === 'realtime' ? owed.periodEnd : owed.nextReadyAt
  return [...new Set(found)]
    .toSorted((one, other) => one - other)
    .map((instant) => new Date(instant))
    .filter((instant) => instant > after && instant <= until && (end === null || instant < end))
}

function plannedTries(owed: OwedPeriod, spread: number, until: Date): number[] {
  if (owed.cycle === 'realtime') return through(owed, spread)
  if (owed.cycle === 'hourly') return afterTheHour(owed, spread)
  const first = firstTry(owed, wholeMinutes(15 * minute + spread * 285 * minute))
  const lead = wholeMinutes(60 * minute + spread * 30 * minute)
  const again = [owed.dueAt, owed.lateAt].map((deadline) => deadline.getTime() - lead)
  return [first, ...again.filter((instant) => instant >= first + 30 * minute), ...nights(owed, first, until)]
}

/** In the first half of the time there is, however short. */
function firstTry({ readyAt, dueAt, lateAt }: OwedPeriod, offset: number): number {
  const ready = readyAt.getTime()
  const window = (dueAt > readyAt ? dueAt : lateAt).getTime() - ready
  return ready + Math.min(offset, wholeMinutes(window / 2))
}

function nights({ readyAt, timeZone }: OwedPeriod, first: number, until: Date): number[] {
  const found: number[] = []
  let night = localDate(readyAt, timeZone).add({ days: 1 })
  let instant = startOfDay(night, timeZone).getTime() + first - readyAt.getTime()
  while (instant <= until.getTime()) {
    found.push(instant)
    night = night.add({ days: 1 })
    instant = startOfDay(night, timeZone).getTime() + first - readyAt.getTime()
  }
  return found
}

function afterTheHour(owed: OwedPeriod, spread: number): number[] {
  const first = firstTry(owed, wholeMinutes(2 * minute + spread * 5 * minute))
  const again = owed.dueAt.getTime() - 10 * minute
  return again >= first + 5 * minute ? [first, again] : [first]
}

function through({ periodStart, periodEnd, dueAt }: OwedPeriod, spread: number): number[] {
  const step = Math.max(minute, Math.min(hour, (dueAt.getTime() - periodEnd.getTime()) / 2))
  const found: number[] = []
  const first = periodStart.getTime() + Math.floor((spread * step) / 1000) * 1000
  for (let instant = first; instant < periodEnd.getTime(); instant += step) found.push(instant)
  return found
}

function wholeMinutes(milliseconds: number): number {
  return Math.floor(milliseconds / minute) * minute
}
