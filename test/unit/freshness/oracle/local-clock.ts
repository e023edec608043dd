/**
 * What a clock on the wall of a zone shows, looked up every quarter of an hour from `Intl`: slow, and nothing to get
 * wrong. Every change of a clock between 2023 and 2028 falls on a quarter of an hour of UTC.
 */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly instant: number
  /** `2026-10-25` */
  readonly date: string
  /** `02:15` */
  readonly time: string
}

const quarter = 15 * 60_000
const begin = Date.UTC(2023, 10, 1)
const end = Date.UTC(2028, 4, 1)

export class LocalClock {
  readonly readings: readonly Reading[]
  readonly #first = new Map<string, number>()
  readonly #last = new Map<string, number>()
  readonly #days = new Map<string, number>()

  constructor(timeZone: string) {
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    const readings: Reading[] = []
    for (let instant = begin; instant < end; instant += quarter) {
      const text = shown.format(instant)
      const [date = '', time = ''] = text.split(' ')
      readings.push({ instant, date, time })
      if (!this.#first.has(text)) this.#first.set(text, instant)
      this.#last.set(text, instant)
      if (!this.#days.has(date)) this.#days.set(date, instant)
    }
    this.readings = readings
  }

  /** The first instant at which the clock shows this date. */
  startOfDay(date: string): number {
    return known(this.#days.get(date), date)
  }

  /**
   * The first instant at which the clock shows a date and time. One that it skips is as long after the last instant
   * before the gap as it would be had the clock not been put forward (RFC 5545, 3.3.5).
   */
  instantOf(date: string, time: string): number {
    const minutes = Number(time.slice(3, 5))
    const rest = (minutes % 15) * 60_000 + Number(time.slice(6, 8)) * 1000
    const found = this.#first.get(`${date} ${time.slice(0, 3)}${two(minutes - (minutes % 15))}`)
    if (found !== undefined) return found + rest
    for (let back = 1; ; back += 1) {
      const before = new Date(
        Date.parse(`${date}T${time.slice(0, 3)}${two(minutes - (minutes % 15))}:00Z`) - back * quarter,
      )
      const instant = this.#last.get(before.toISOString().slice(0, 16).replace('T', ' '))
      if (instant !== undefined) return instant + back * quarter + rest
    }
  }

  /** What the clock shows at an instant, to the second. */
  at(instant: number): { readonly date: string; readonly time: string } {
    const reading = this.readings[Math.floor((instant - begin) / quarter)]
    const into = instant - known(reading?.instant, String(instant))
    const seconds = Number(reading?.time.slice(3)) * 60 + into / 1000
    const time = `${reading?.time.slice(0, 3)}${two(Math.floor(seconds / 60))}:${two(Math.floor(seconds % 60))}`
    return { date: reading?.date ?? '', time }
  }
}

function known(instant: number | undefined, what: string): number {
  if (instant === undefined) throw new Error(`${what} is outside of what the oracle looked up`)
  return instant
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
