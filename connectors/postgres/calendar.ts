/** Texts of dates and times in binary form, as PostgreSQL prints them with `datestyle = ISO` and zone UTC. */

const microsecondsPerDay = 86_400_000_000n
/** Days from 0000-03-01 (proleptic Gregorian) to 2000-01-01, the day PostgreSQL counts from. */
const epoch = 730_425

/** `date`: days since 2000-01-01. */
export function dateText(days: number): string {
  if (days === 0x7fffffff) return 'infinity'
  if (days === -0x80000000) return '-infinity'
  const [day, era] = calendarDay(days)
  return day + era
}

/** `timestamp` and `timestamptz` (with `zone` `+00`): microseconds since 2000-01-01. */
export function timestampText(microseconds: bigint, zone: string): string {
  if (microseconds === 0x7fffffffffffffffn) return 'infinity'
  if (microseconds === -0x8000000000000000n) return '-infinity'
  let days = microseconds / microsecondsPerDay
  let rest = microseconds % microsecondsPerDay
  if (rest < 0n) {
    rest += microsecondsPerDay
    days -= 1n
  }
  const [day, era] = calendarDay(Number(days))
  return `${day} ${timeText(rest)}${zone}${era}`
}

/** `time`: microseconds since midnight, 24:00:00 included. */
export function timeText(microseconds: bigint): string {
  const total = Number(microseconds)
  const seconds = Math.floor(total / 1_000_000)
  const fraction = total % 1_000_000
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}

/**
 * Year, month and day of a day number, and the era mark that PostgreSQL puts behind everything. The year is taken
 * to begin in March, so that the leap day is its last and every 400 years are alike.
 */
function calendarDay(sinceEpoch: number): readonly [string, string] {
  const days = sinceEpoch + epoch
  const cycle = Math.floor(days / 146_097)
  const dayOfCycle = days - cycle * 146_097
  const yearOfCycle = Math.floor(
    (dayOfCycle -
      Math.floor(dayOfCycle / 1460) +
      Math.floor(dayOfCycle / 36_524) -
      Math.floor(dayOfCycle / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
  // There is no year 0: the year before 0001 is 0001 BC.
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0')
  return [`${shown}-${two(month)}-${two(day)}`, year > 0 ? '' : ' BC']
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
