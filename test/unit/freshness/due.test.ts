import { describe, expect, test } from 'vitest'
import { type Calendar, unknownCalendar, workingDay } from '../../../src/freshness/calendar.ts'
import { dueOf, type Terms } from '../../../src/freshness/due.ts'
import { type Period, periodsBetween } from '../../../src/freshness/periods.ts'
import { noticedDays } from '../../../src/freshness/seed-calendar.ts'

const china: Calendar = {
  years: new Set(noticedDays().map(({ day }) => Number(day.slice(0, 4)))),
  days: new Map(noticedDays().map(({ day, working }) => [day, working])),
}

const daily: Terms = {
  cycle: 'daily',
  timeZone: 'Asia/Shanghai',
  dueTime: '08:00',
  dueAfterDays: 1,
  graceHours: null,
  graceWorkingDays: null,
  lagSeconds: null,
  seasons: [],
}

/** The period that holds a moment. */
function periodAt(terms: Terms, moment: string): Period {
  const from = new Date(moment)
  const [period] = periodsBetween(terms.cycle, terms.timeZone, from, new Date(from.getTime() + 1))
  if (period === undefined) throw new Error(`no period at ${moment}`)
  return period
}

function due(terms: Partial<Terms>, moment: string, calendar: Calendar = china) {
  const all = { ...daily, ...terms }
  const { dueAt, lateAt, provisional } = dueOf(periodAt(all, moment), all, calendar)
  return [dueAt.toISOString(), lateAt.toISOString(), provisional]
}

describe('due instants', () => {
  test.each<[string, Partial<Terms>, string, string]>([
    ['the next morning', {}, '2026-10-31T00:00Z', '2026-11-01T00:00:00.000Z'],
    ['after 31 January', {}, '2026-01-31T01:00Z', '2026-02-01T00:00:00.000Z'],
    ['leap day', {}, '2024-02-29T01:00Z', '2024-03-01T00:00:00.000Z'],
    [
      'five days after the month',
      { cycle: 'monthly', dueAfterDays: 5 },
      '2024-02-10T00:00Z',
      '2024-03-05T00:00:00.000Z',
    ],
    [
      'within the period itself',
      { cycle: 'monthly', dueAfterDays: 0 },
      '2026-02-10T00:00Z',
      '2026-02-28T00:00:00.000Z',
    ],
    [
      'after the quarter',
      { cycle: 'quarterly', dueAfterDays: 10 },
      '2026-02-10T00:00Z',
      '2026-04-10T00:00:00.000Z',
    ],
    ['with seconds', { dueTime: '08:00:30' }, '2026-10-31T00:00Z', '2026-11-01T00:00:30.000Z'],
    ['Berlin in winter', { timeZone: 'Europe/Berlin' }, '2026-01-10T12:00Z', '2026-01-11T07:00:00.000Z'],
    ['Berlin in summer', { timeZone: 'Europe/Berlin' }, '2026-07-10T12:00Z', '2026-07-11T06:00:00.000Z'],
    [
      'a time in the gap moves on by its length',
      { timeZone: 'Europe/Berlin', dueTime: '02:30' },
      '2026-03-28T12:00Z',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'a time that exists twice is the first',
      { timeZone: 'Europe/Berlin', dueTime: '02:30' },
      '2026-10-24T12:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'a gap of half an hour',
      { timeZone: 'Australia/Lord_Howe', dueTime: '02:15' },
      '2026-10-03T03:00Z',
      '2026-10-03T15:45:00.000Z',
    ],
    ['an odd offset', { timeZone: 'Asia/Kathmandu' }, '2026-05-01T12:00Z', '2026-05-02T02:15:00.000Z'],
    [
      'on a day that does not exist',
      { timeZone: 'Pacific/Apia' },
      '2011-12-29T12:00Z',
      '2011-12-30T18:00:00.000Z',
    ],
  ])('%s', (_, terms, moment, expected) => {
    expect(due(terms, moment)).toEqual([expected, expected, false])
  })

  test('an hour is due its lag after its end, one hour where none is given', () => {
    expect(due({ cycle: 'hourly' }, '2026-10-31T00:10Z')[0]).toBe('2026-10-31T02:00:00.000Z')
    expect(due({ cycle: 'realtime', lagSeconds: 300 }, '2026-10-31T00:10Z')[0]).toBe(
      '2026-10-31T01:05:00.000Z',
    )
  })

  test('the two hours of an autumn night have two due instants', () => {
    const terms = { cycle: 'hourly', timeZone: 'Europe/Berlin', lagSeconds: 600 } as const
    expect(due(terms, '2026-10-25T00:10Z')[0]).toBe('2026-10-25T01:10:00.000Z')
    expect(due(terms, '2026-10-25T01:10Z')[0]).toBe('2026-10-25T02:10:00.000Z')
  })
})

describe('grace', () => {
  test('hours are elapsed time, also over a clock change', () => {
    const berlin = { timeZone: 'Europe/Berlin', dueTime: '22:00', graceHours: 12 }
    expect(due(berlin, '2026-03-27T12:00Z')).toEqual([
      '2026-03-28T21:00:00.000Z',
      '2026-03-29T09:00:00.000Z',
      false,
    ])
  })

  test.each<[string, number, string, string]>([
    ['over a weekend', 1, '2026-11-05T00:00Z', '2026-11-09T00:00:00.000Z'],
    ['over National Day 2025 (off 1 to 8 October)', 1, '2025-09-29T00:00Z', '2025-10-09T00:00:00.000Z'],
    ['on the Sunday worked for it (28 September 2025)', 1, '2025-09-26T00:00Z', '2025-09-28T00:00:00.000Z'],
    [
      'over Spring Festival 2024 (off 10 to 17, worked on 4 and 18 February)',
      2,
      '2024-02-07T00:00Z',
      '2024-02-18T00:00:00.000Z',
    ],
    ['two days', 2, '2026-11-02T00:00Z', '2026-11-05T00:00:00.000Z'],
  ])('working days %s', (_, graceWorkingDays, moment, expected) => {
    expect(due({ graceWorkingDays }, moment).slice(1)).toEqual([expected, false])
  })

  test('working days keep the local due time when the clock changes', () => {
    const berlin: Calendar = { years: new Set([2026]), days: new Map() }
    const terms = { timeZone: 'Europe/Berlin', graceWorkingDays: 1 }
    expect(due(terms, '2026-03-26T12:00Z', berlin).slice(1)).toEqual(['2026-03-30T06:00:00.000Z', false])
  })

  test('working days come first, hours after them', () => {
    expect(due({ graceWorkingDays: 1, graceHours: 4 }, '2026-11-05T00:00Z')[1]).toBe(
      '2026-11-09T04:00:00.000Z',
    )
  })

  test('a year that is not known counts Monday to Friday and says so', () => {
    expect(due({ graceWorkingDays: 3 }, '2027-02-04T00:00Z')).toEqual([
      '2027-02-05T00:00:00.000Z',
      '2027-02-10T00:00:00.000Z',
      true,
    ])
    expect(due({ graceWorkingDays: 1 }, '2026-12-30T00:00Z')[2]).toBe(true)
    expect(due({ graceHours: 24 }, '2027-02-04T00:00Z')[2]).toBe(false)
    expect(due({ graceWorkingDays: 1 }, '2026-11-05T00:00Z', unknownCalendar)[2]).toBe(true)
  })

  test('a skipped day is not counted as a working day', () => {
    const samoa: Calendar = { years: new Set([2011, 2012]), days: new Map() }
    const terms = { timeZone: 'Pacific/Apia', graceWorkingDays: 1 }
    expect(due(terms, '2011-12-28T12:00Z', samoa)[1]).toBe('2012-01-01T18:00:00.000Z')
  })
})

describe('the calendar of the State Council', () => {
  test.each<[string, boolean | 'unknown']>([
    ['2026-10-01', false],
    ['2026-10-10', true],
    ['2026-10-12', true],
    ['2026-10-17', false],
    ['2024-02-29', true],
    ['2027-01-01', 'unknown'],
    ['2027-03-03', 'unknown'],
  ])('%s: worked %s', (day, expected) => {
    expect(workingDay(china, day)).toBe(expected)
  })

  test('the notices of 2024 to 2026 are whole', () => {
    const count = (year: string, working: boolean) =>
      noticedDays().filter((noticed) => noticed.day.startsWith(year) && noticed.working === working).length
    expect(['2024', '2025', '2026'].map((year) => [count(year, false), count(year, true)])).toEqual([
      [28, 8],
      [28, 5],
      [33, 6],
    ])
    expect(noticedDays().find(({ day }) => day === '2026-10-01')?.name).toBe('国庆节')
  })

  test('a day an administrator has set is known even in an unknown year', () => {
    expect(workingDay({ years: new Set(), days: new Map([['2027-01-01', false]]) }, '2027-01-01')).toBe(false)
  })
})
