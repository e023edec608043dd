import { isWorked } from './holidays.ts'
import type { LocalClock } from './local-clock.ts'

/** A promise as the list says it. Nothing here is taken from the code under test, nor does it use its libraries. */
export interface Promised {
  readonly cycle: string
  /** First local day of the promise. */
  readonly from: string
  readonly dueTime: string
  readonly dueAfterDays: number
  readonly graceHours: number
  readonly graceWorkingDays: number
  /** Seconds, hourly and realtime. */
  readonly lag: number
  /** `[first, last]` as `MM-DD`, both included; none: all year. */
  readonly seasons: readonly (readonly [string, string])[]
}

/** One period that is owed: `label start end due late provisional`, instants in milliseconds. */
export type OwedLine = string

interface Stretch {
  readonly label: string
  readonly start: number
  readonly end: number
  readonly firstDay: string
  readonly lastDay: string
}

/** What is owed for the periods that begin before the local day `until`, in order. */
export function owedBy(clock: LocalClock, promised: Promised, until: string): OwedLine[] {
  const hourly = promised.cycle === 'hourly' || promised.cycle === 'realtime'
  const stretches = hourly ? hours(clock) : days(clock, promised.cycle)
  const from = clock.startOfDay(promised.from)
  const stop = clock.startOfDay(until)
  return stretches
    .filter(({ start }) => start >= from && start < stop)
    .filter((stretch) => isOwed(stretch, promised))
    .map((stretch) => {
      const { due, late, provisional } = deadline(clock, stretch, promised, hourly)
      return `${stretch.label} ${stretch.start} ${stretch.end} ${due} ${late} ${provisional}`
    })
}

function deadline(clock: LocalClock, stretch: Stretch, promised: Promised, hourly: boolean) {
  const dueDay = addDays(stretch.lastDay, promised.dueAfterDays)
  const due = hourly ? stretch.end + promised.lag * 1000 : clock.instantOf(dueDay, promised.dueTime)
  const local = hourly ? clock.at(due) : { date: dueDay, time: promised.dueTime }
  let day = local.date
  let provisional = false
  for (let left = promised.graceWorkingDays; left > 0; ) {
    day = addDays(day, 1)
    const { worked, known } = isWorked(day)
    if (!known) provisional = true
    if (worked) left -= 1
  }
  const end = promised.graceWorkingDays === 0 ? due : clock.instantOf(day, local.time)
  return { due, late: end + promised.graceHours * 3_600_000, provisional }
}

/** A period is owed if any of its days lies in a season. */
function isOwed({ firstDay, lastDay }: Stretch, { seasons }: Promised): boolean {
  if (seasons.length === 0) return true
  for (let day = firstDay; day <= lastDay; day = addDays(day, 1)) {
    const monthDay = day.slice(5)
    for (const [first, last] of seasons) {
      const within =
        first <= last ? first <= monthDay && monthDay <= last : first <= monthDay || monthDay <= last
      if (within) return true
    }
  }
  return false
}

const hoursOf = new WeakMap<LocalClock, readonly Stretch[]>()

/** An hour ends where the clock shows a full hour, and where it is put forward or back. */
function hours(clock: LocalClock): readonly Stretch[] {
  const known = hoursOf.get(clock)
  if (known) return known
  const starts = clock.readings.filter((reading, index) => {
    const before = clock.readings[index - 1]
    return before === undefined || reading.time.endsWith(':00') || offset(before) !== offset(reading)
  })
  const name = (reading: { date: string; time: string }) => `${reading.date}T${reading.time.slice(0, 2)}`
  const times = new Map<string, number>()
  for (const start of starts) times.set(name(start), (times.get(name(start)) ?? 0) + 1)
  const found = starts.slice(1, -1).map((start, index): Stretch => {
    const twice = (times.get(name(start)) ?? 0) > 1
    return {
      label: name(start) + (twice ? offsetText(offset(start)) : ''),
      start: start.instant,
      end: starts[index + 2]?.instant ?? Number.NaN,
      firstDay: start.date,
      lastDay: start.date,
    }
  })
  hoursOf.set(clock, found)
  return found
}

function offset({ instant, date, time }: { instant: number; date: string; time: string }): number {
  return Date.parse(`${date}T${time}:00Z`) - instant
}

function offsetText(milliseconds: number): string {
  const minutes = Math.abs(milliseconds) / 60_000
  const two = (value: number) => String(value).padStart(2, '0')
  return `${milliseconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Goes through the days one by one; those with one name are one period. */
function days(clock: LocalClock, cycle: string): Stretch[] {
  const found: Stretch[] = []
  let firstDay = '2023-12-04'
  for (let day = firstDay; day < '2028-04-15'; day = addDays(day, 1)) {
    const next = addDays(day, 1)
    if (nameOf(cycle, next) === nameOf(cycle, day)) continue
    const [start, end] = [clock.startOfDay(firstDay), clock.startOfDay(next)]
    found.push({ label: nameOf(cycle, day), start, end, firstDay, lastDay: day })
    firstDay = next
  }
  // The first may have begun before the walk.
  return found.slice(1)
}

function nameOf(cycle: string, date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  switch (cycle) {
    case 'daily':
      return date
    case 'weekly':
      return isoWeek(date)
    case 'tendays':
      return `${year}-${month}-${Number(day) <= 10 ? 'A' : Number(day) <= 20 ? 'B' : 'C'}`
    case 'semimonthly':
      return `${year}-${month}-${Number(day) <= 15 ? '1H' : '2H'}`
    case 'monthly':
      return `${year}-${month}`
    case 'quarterly':
      return `${year}-Q${Math.ceil(Number(month) / 3)}`
    case 'semiannual':
      return `${year}-H${Number(month) <= 6 ? 1 : 2}`
    case 'annual':
      return year
    default:
      throw new Error(`${cycle} has no clock`)
  }
}

/** ISO 8601: a week begins on Monday and belongs to the year of its Thursday; week 1 holds the first Thursday. */
function isoWeek(date: string): string {
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7
  const thursday = addDays(date, 3 - weekday)
  const year = thursday.slice(0, 4)
  const dayOfYear = (Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${year}-01-01T00:00:00Z`)) / 86_400_000
  return `${year}-W${String(Math.floor(dayOfYear / 7) + 1).padStart(2, '0')}`
}

export function addDays(date: string, count: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)
}
