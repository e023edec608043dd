/** A cron expression of five fields, read. */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly months: readonly number[]
  /** Of the month, 1-31; undefined: the field is `*`. */
  readonly days: readonly number[] | undefined
  /** 0-6 from Sunday; undefined: the field is `*`. */
  readonly weekdays: readonly number[] | undefined
  /** The hour field begins with `*`: the expression means a rhythm, not times of the day. */
  readonly everyHour: boolean
}

/** What is wrong with an expression: data for a message. */
export interface CronProblem {
  readonly problem: 'fields' | 'value'
  /** Name of the field, or `expression`. */
  readonly field: string
  readonly value: string
  /** `0-23`, or `5 fields`. */
  readonly expected: string
}

interface Field {
  readonly name: string
  readonly low: number
  readonly high: number
  readonly names?: readonly string[]
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const minute: Field = { name: 'minute', low: 0, high: 59 }
const hour: Field = { name: 'hour', low: 0, high: 23 }
const day: Field = { name: 'day of month', low: 1, high: 31 }
const month: Field = { name: 'month', low: 1, high: 12, names: monthNames }
/** 7 is Sunday too. */
const weekday: Field = {
  name: 'day of week',
  low: 0,
  high: 7,
  names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
}

/**
 * Reads `minute hour day-of-month month day-of-week`, each `*`, a value, a range, a list of them, with `/step`;
 * months and weekdays also by their English names. Seconds, `L`, `W`, `#` and `@daily` are not read.
 */
export function parseCron(expression: string): Cron | CronProblem {
  const texts = expression.trim().split(/\s+/)
  const [minuteText, hourText, dayText, monthText, weekdayText, ...more] = texts
  if (!minuteText || !hourText || !dayText || !monthText || !weekdayText || more.length > 0) {
    return { problem: 'fields', field: 'expression', value: expression, expected: '5 fields' }
  }
  const minutes = readField(minute, minuteText)
  const hours = readField(hour, hourText)
  const days = readField(day, dayText)
  const months = readField(month, monthText)
  const weekdays = readField(weekday, weekdayText)
  if ('problem' in minutes) return minutes
  if ('problem' in hours) return hours
  if ('problem' in days) return days
  if ('problem' in months) return months
  if ('problem' in weekdays) return weekdays
  return {
    minutes,
    hours,
    months,
    days: dayText === '*' ? undefined : days,
    weekdays: weekdayText === '*' ? undefined : ascending(weekdays.map((value) => value % 7)),
    everyHour: hourText.startsWith('*'),
  }
}

export function isCronProblem<Read extends object>(value: Read | CronProblem): value is CronProblem {
  return 'problem' in value
}

/** Whether the expression means a local date. Where day and weekday are both given, either will do, as in cron. */
export function meansDate(cron: Cron, date: { month: number; day: number; dayOfWeek: number }): boolean {
  if (!cron.months.includes(date.month)) return false
  const byDay = cron.days?.includes(date.day)
  const byWeekday = cron.weekdays?.includes(date.dayOfWeek % 7)
  if (byDay === undefined) return byWeekday ?? true
  return byDay || (byWeekday ?? false)
}

function readField(field: Field, text: string): readonly number[] | CronProblem {
  const found: number[] = []
  for (const part of text.split(',')) {
    const values = readPart(field, part)
    if (values === undefined) {
      const expected = `${field.low}-${field.high}`
      return { problem: 'value', field: field.name, value: part, expected }
    }
    found.push(...values)
  }
  return ascending(found)
}

/** `*`, `5`, `1-5`, `mon-fri`, or one with a step: `8-18/2`, `5/10` (from 5 on). Undefined: not one of them. */
function readPart(field: Field, part: string): number[] | undefined {
  const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part)
  if (match === null) return undefined
  const [, lowText, highText, stepText] = match
  const step = stepText === undefined ? 1 : Number(stepText)
  const low = lowText === undefined ? field.low : readValue(field, lowText)
  const openEnd = lowText === undefined || stepText !== undefined ? (field === weekday ? 6 : field.high) : low
  const high = highText === undefined ? openEnd : readValue(field, highText)
  if (low === undefined || high === undefined || low > high || step < 1) return undefined
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step)
}

function readValue(field: Field, text: string): number | undefined {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return named + (field === month ? 1 : 0)
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= field.low && value <= field.high ? value : undefined
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].toSorted((one, other) => one - other)
}
