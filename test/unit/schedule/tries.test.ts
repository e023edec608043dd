import { describe, expect, test } from 'vitest'
import { type OwedPeriod, tries } from '../../../src/schedule/tries.ts'

// The 9th of November in Asia/Shanghai: ends at 16:00Z, due at 00:00Z, with four hours of grace.
const day: OwedPeriod = {
  period: '2026-11-09',
  cycle: 'daily',
  timeZone: 'Asia/Shanghai',
  periodStart: new Date('2026-11-08T16:00Z'),
  periodEnd: new Date('2026-11-09T16:00Z'),
  readyAt: new Date('2026-11-09T16:00Z'),
  dueAt: new Date('2026-11-10T00:00Z'),
  lateAt: new Date('2026-11-10T04:00Z'),
  nextReadyAt: new Date('2026-11-10T16:00Z'),
}
const month: OwedPeriod = {
  ...day,
  cycle: 'monthly',
  periodStart: new Date('2026-09-30T16:00Z'),
  dueAt: new Date('2026-11-12T00:00Z'),
  lateAt: new Date('2026-11-12T00:00Z'),
  nextReadyAt: new Date('2026-11-30T16:00Z'),
}
const live: OwedPeriod = {
  ...day,
  cycle: 'realtime',
  periodStart: new Date('2026-11-09T15:00Z'),
  dueAt: new Date('2026-11-09T16:40Z'),
}
const before = new Date('2026-01-01T00:00Z')
const until = new Date('2026-11-15T00:00Z')

const of = (owed: OwedPeriod, spread: number, after = before, to = until) =>
  tries(owed, spread, after, to).map((instant) => instant.toISOString().slice(8, 16))

describe('tries', () => {
  test('a day: in the night, before it is due, before its grace ends', () => {
    expect(of(day, 0)).toEqual(['09T16:15', '09T23:00', '10T03:00'])
    expect(of(day, 0.5)).toEqual(['09T18:37', '09T22:45', '10T02:45'])
  })

  test('every place in the night lies in the first half of the time there is', () => {
    for (let spread = 0; spread < 1; spread += 0.01) {
      const [first = Number.NaN] = tries(day, spread, before, until).map((instant) => instant.getTime())
      expect(first).toBeGreaterThan(day.readyAt.getTime())
      expect(first).toBeLessThanOrEqual(Date.UTC(2026, 10, 9, 20))
    }
  })

  test('a month: every night, and before it is due, until the next month is ready', () => {
    expect(of(month, 0)).toEqual([
      '09T16:15',
      '10T16:15',
      '11T16:15',
      '11T23:00',
      '12T16:15',
      '13T16:15',
      '14T16:15',
    ])
    expect(of({ ...month, nextReadyAt: new Date('2026-11-11T16:00Z') }, 0)).toEqual(['09T16:15', '10T16:15'])
  })

  test('the night keeps its local time when the clock changes', () => {
    const berlin = {
      ...month,
      timeZone: 'Europe/Berlin',
      readyAt: new Date('2026-10-23T22:00Z'),
      dueAt: new Date('2026-10-28T06:00Z'),
    }
    expect(of(berlin, 0, before, new Date('2026-10-26T12:00Z'))).toEqual(['23T22:15', '24T22:15', '25T23:15'])
  })

  test('an hour: soon after it, and before it is due', () => {
    const hour = {
      ...day,
      cycle: 'hourly',
      dueAt: new Date('2026-11-09T17:00Z'),
      nextReadyAt: new Date('2026-11-09T17:00Z'),
    } as const
    expect(of(hour, 0.5)).toEqual(['09T16:04', '09T16:50'])
    expect(of({ ...hour, dueAt: new Date('2026-11-09T16:06Z') }, 0.99)).toEqual(['09T16:03'])
  })

  test('realtime: every half of its lag, through the hour', () => {
    expect(of(live, 0)).toEqual(['09T15:00', '09T15:20', '09T15:40'])
    expect(of(live, 0.5)).toEqual(['09T15:10', '09T15:30', '09T15:50'])
    expect(of({ ...live, dueAt: new Date('2026-11-09T16:01Z') }, 0)).toHaveLength(60)
  })

  test('only in the window asked for: after exclusive, until inclusive', () => {
    expect(of(day, 0, new Date('2026-11-09T16:15Z'), new Date('2026-11-09T23:00Z'))).toEqual(['09T23:00'])
  })
})
