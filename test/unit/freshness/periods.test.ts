import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CycleCode, cycles } from '../../../catalog-schema/vocabulary/cycles.ts'
import { periodsBetween } from '../../../src/freshness/periods.ts'

const clocked = (Object.keys(cycles) as CycleCode[]).filter((cycle) => cycles[cycle].clock)
const zones = [
  'Asia/Shanghai',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns', // until 2011 its clock went back at 00:01, into the day before
  'America/Sao_Paulo', // until 2019 its clock went forward at midnight
  'Australia/Lord_Howe', // changes by half an hour
  'Pacific/Apia', // had no 2011-12-30
  'UTC',
]

const labels = (cycle: CycleCode, zone: string, from: string, until: string) =>
  periodsBetween(cycle, zone, new Date(from), new Date(until)).map(({ label }) => label)

const hoursLong = (cycle: CycleCode, zone: string, from: string, until: string) =>
  periodsBetween(cycle, zone, new Date(from), new Date(until)).map(
    ({ label, start, end }) => [label, (end.getTime() - start.getTime()) / 3_600_000] as const,
  )

describe('every instant is in exactly one period', () => {
  const instant = fc.date({ min: new Date('2006-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  test.each(clocked)('%s', (cycle) => {
    const days = cycle === 'hourly' || cycle === 'realtime' ? 3 : 800
    const property = fc.property(
      fc.constantFrom(...zones),
      instant,
      fc.integer({ min: 1, max: days * 1440 }),
      check,
    )
    fc.assert(property, { numRuns: 25, seed: 20_261_031 })

    function check(zone: string, from: Date, minutes: number) {
      const until = new Date(from.getTime() + minutes * 60_000)
      const periods = periodsBetween(cycle, zone, from, until)
      const [first, last] = [periods[0], periods.at(-1)]
      expect(first && first.start <= from && first.end > from).toBe(true)
      expect(last && last.start < until && last.end >= until).toBe(true)
      for (const [index, period] of periods.slice(1).entries())
        expect(period.start).toEqual(periods[index]?.end)
      expect(new Set(periods.map(({ label }) => label)).size).toBe(periods.length)
      expect(periods.every(({ start, end }) => end > start)).toBe(true)
    }
  })

  test.each(clocked)('%s: a period does not depend on the window it was asked through', (cycle) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        instant,
        fc.integer({ min: 0, max: 20 }),
        (zone, moment, days) => {
          const wide = [-days, days + 1].map((shift) => new Date(moment.getTime() + shift * 86_400_000))
          const [alone] = periodsBetween(cycle, zone, moment, new Date(moment.getTime() + 1))
          const [from = moment, until = moment] = wide
          expect(periodsBetween(cycle, zone, from, until)).toContainEqual(alone)
        },
      ),
      { numRuns: 15, seed: 7 },
    )
  })
})

describe('labels and boundaries', () => {
  test.each<[CycleCode, string, string, string[]]>([
    ['daily', '2024-02-27T16:00Z', '2024-03-01T16:00Z', ['2024-02-28', '2024-02-29', '2024-03-01']],
    ['weekly', '2024-12-29T16:00Z', '2025-01-06T16:00Z', ['2025-W01', '2025-W02']],
    ['weekly', '2026-12-31T00:00Z', '2027-01-04T00:00Z', ['2026-W53', '2027-W01']],
    [
      'tendays',
      '2026-01-30T16:00Z',
      '2026-02-21T16:00Z',
      ['2026-01-C', '2026-02-A', '2026-02-B', '2026-02-C'],
    ],
    ['semimonthly', '2026-01-14T16:00Z', '2026-02-01T00:00Z', ['2026-01-1H', '2026-01-2H', '2026-02-1H']],
    ['monthly', '2026-01-30T16:00Z', '2026-03-01T00:00Z', ['2026-01', '2026-02', '2026-03']],
    ['quarterly', '2026-06-29T16:00Z', '2026-10-01T00:00Z', ['2026-Q2', '2026-Q3', '2026-Q4']],
    ['semiannual', '2026-06-29T16:00Z', '2026-07-01T00:00Z', ['2026-H1', '2026-H2']],
    ['annual', '2026-12-31T15:59:59Z', '2026-12-31T16:00:01Z', ['2026', '2027']],
    ['hourly', '2026-10-31T00:15Z', '2026-10-31T01:15Z', ['2026-10-31T08', '2026-10-31T09']],
    ['realtime', '2026-10-31T00:15Z', '2026-10-31T00:16Z', ['2026-10-31T08']],
    ['irregular', '2024-01-01T00:00Z', '2027-01-01T00:00Z', []],
    ['asneeded', '2024-01-01T00:00Z', '2027-01-01T00:00Z', []],
    ['never', '2024-01-01T00:00Z', '2027-01-01T00:00Z', []],
    ['other', '2024-01-01T00:00Z', '2027-01-01T00:00Z', []],
    ['daily', '2026-10-31T00:00Z', '2026-10-31T00:00Z', []],
  ])('%s in Asia/Shanghai from %s', (cycle, from, until, expected) => {
    expect(labels(cycle, 'Asia/Shanghai', from, until)).toEqual(expected)
  })

  test('a month starts at its first local midnight and names its last day', () => {
    expect(
      periodsBetween(
        'monthly',
        'Asia/Shanghai',
        new Date('2024-02-15T00:00Z'),
        new Date('2024-02-15T00:01Z'),
      ),
    ).toEqual([
      {
        label: '2024-02',
        start: new Date('2024-01-31T16:00Z'),
        end: new Date('2024-02-29T16:00Z'),
        firstDay: '2024-02-01',
        lastDay: '2024-02-29',
      },
    ])
  })
})

describe('clock changes', () => {
  test('days of 23 and 25 hours', () => {
    expect(hoursLong('daily', 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual([
      ['2026-03-28', 24],
      ['2026-03-29', 23],
    ])
    expect(hoursLong('daily', 'America/New_York', '2026-11-01T12:00Z', '2026-11-01T12:01Z')).toEqual([
      ['2026-11-01', 25],
    ])
    expect(hoursLong('daily', 'Australia/Lord_Howe', '2026-04-04T20:00Z', '2026-04-04T20:01Z')).toEqual([
      ['2026-04-05', 24.5],
    ])
  })

  test('an hour that does not exist has no period', () => {
    expect(labels('hourly', 'Europe/Berlin', '2026-03-29T00:30Z', '2026-03-29T01:30Z')).toEqual([
      '2026-03-29T01',
      '2026-03-29T03',
    ])
  })

  test('an hour that exists twice is two periods, told apart by their offsets', () => {
    expect(labels('hourly', 'Europe/Berlin', '2026-10-24T23:30Z', '2026-10-25T02:30Z')).toEqual([
      '2026-10-25T01',
      '2026-10-25T02+02:00',
      '2026-10-25T02+01:00',
      '2026-10-25T03',
    ])
    expect(labels('hourly', 'America/New_York', '2026-11-01T05:30Z', '2026-11-01T05:31Z')).toEqual([
      '2026-11-01T01-04:00',
    ])
  })

  test('a change of half an hour makes an hour of 30 minutes', () => {
    expect(hoursLong('hourly', 'Australia/Lord_Howe', '2026-10-03T15:00Z', '2026-10-03T16:30Z')).toEqual([
      ['2026-10-04T01', 1],
      ['2026-10-04T02', 0.5],
      ['2026-10-04T03', 1],
    ])
    expect(hoursLong('hourly', 'Australia/Lord_Howe', '2026-04-04T14:00Z', '2026-04-04T15:45Z')).toEqual([
      ['2026-04-05T01+11:00', 1],
      ['2026-04-05T01+10:30', 0.5],
      ['2026-04-05T02', 1],
    ])
  })

  test('hours of a zone with an odd offset begin on its own full hours', () => {
    const [hour] = periodsBetween(
      'hourly',
      'Asia/Kathmandu',
      new Date('2026-05-01T00:00Z'),
      new Date('2026-05-01T00:01Z'),
    )
    expect(hour).toEqual({
      label: '2026-05-01T05',
      start: new Date('2026-04-30T23:15Z'),
      end: new Date('2026-05-01T00:15Z'),
      firstDay: '2026-05-01',
      lastDay: '2026-05-01',
    })
  })

  test('a day that the zone skipped has no period, its neighbours touch', () => {
    expect(hoursLong('daily', 'Pacific/Apia', '2011-12-29T12:00Z', '2011-12-30T12:00Z')).toEqual([
      ['2011-12-29', 24],
      ['2011-12-31', 24],
    ])
    expect(hoursLong('weekly', 'Pacific/Apia', '2011-12-29T12:00Z', '2011-12-29T12:01Z')).toEqual([
      ['2011-W52', 6 * 24],
    ])
  })

  test('a day whose midnight does not exist begins at its first instant', () => {
    const [day] = periodsBetween(
      'daily',
      'America/Sao_Paulo',
      new Date('2018-11-04T12:00Z'),
      new Date('2018-11-04T12:01Z'),
    )
    expect(day?.start).toEqual(new Date('2018-11-04T03:00Z'))
    expect(day?.end).toEqual(new Date('2018-11-05T02:00Z'))
  })
})
