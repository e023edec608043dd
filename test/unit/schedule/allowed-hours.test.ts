import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localDateTime } from '../../../src/freshness/zone.ts'
import { type Window, withinHours } from '../../../src/schedule/allowed-hours.ts'

const moved = (instant: string, hours: string | undefined, spread = 0, window?: Window) =>
  withinHours(new Date(instant), { hours, timeZone: 'Asia/Shanghai', spread }, window)
    .toISOString()
    .slice(0, 16)

describe('hours of a source', () => {
  test.each<[string, string | undefined, string]>([
    ['2026-11-10T06:00Z', undefined, '2026-11-10T06:00'],
    ['2026-11-10T06:00Z', '20:00-06:00', '2026-11-10T12:00'],
    ['2026-11-10T12:00Z', '20:00-06:00', '2026-11-10T12:00'],
    ['2026-11-09T21:59Z', '20:00-06:00', '2026-11-09T21:59'],
    ['2026-11-09T22:00Z', '20:00-06:00', '2026-11-10T12:00'],
    ['2026-11-09T22:00Z', '09:00-17:00', '2026-11-10T01:00'],
    ['2026-11-10T09:00Z', '09:00-17:00', '2026-11-11T01:00'],
    ['2026-11-10T08:59Z', '09:00-17:00', '2026-11-10T08:59'],
  ])('%s within %s', (instant, hours, expected) => {
    expect(moved(instant, hours)).toBe(expected)
  })

  test('what is moved is spread over half an hour, or over hours that are shorter', () => {
    expect(moved('2026-11-10T06:00Z', '20:00-06:00', 0.5)).toBe('2026-11-10T12:15')
    expect(moved('2026-11-10T06:00Z', '20:00-20:10', 0.99)).toBe('2026-11-10T12:08')
  })

  test('a try that would come after its deadline takes the last chance before it instead', () => {
    const window = { readyAt: new Date('2026-11-09T16:00Z'), deadline: new Date('2026-11-10T00:00Z') }
    expect(moved('2026-11-09T23:00Z', '20:00-06:00', 0, window)).toBe('2026-11-09T21:59')
    expect(moved('2026-11-09T23:00Z', '20:00-06:00', 0.5, window)).toBe('2026-11-09T21:44')
    // Between midnight and the deadline the source is never open: late is better than never.
    expect(moved('2026-11-09T23:00Z', '20:00-23:00', 0, window)).toBe('2026-11-10T12:00')
  })

  test('in any zone, through both clock changes: in the hours, and never earlier without a deadline', () => {
    const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      const two = (value: number) => String(value).padStart(2, '0')
      return `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`
    })
    const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe')
    const instant = fc.date({
      min: new Date('2026-01-01Z'),
      max: new Date('2026-12-31Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(time, time, zone, instant, fc.nat(99), (from, to, timeZone, at, spread) => {
        fc.pre(from !== to)
        const found = withinHours(at, { hours: `${from}-${to}`, timeZone, spread: spread / 100 })
        const local = localDateTime(found, timeZone).toPlainTime().toString().slice(0, 5)
        const inside = from < to ? from <= local && local < to : from <= local || local < to
        expect(found >= at).toBe(true)
        expect(found.getTime() - at.getTime()).toBeLessThan(50 * 3_600_000)
        // Hours that the clock skips whole begin and end with the gap.
        if (!isChangeDay(found, timeZone)) expect(inside, `${found.toISOString()} ${local}`).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

function isChangeDay(instant: Date, timeZone: string): boolean {
  const zoned = (at: number) => localDateTime(new Date(at), timeZone)
  const before = zoned(instant.getTime() - 86_400_000)
    .toString()
    .slice(11, 16)
  const after = zoned(instant.getTime() + 86_400_000)
    .toString()
    .slice(11, 16)
  return before !== after
}
