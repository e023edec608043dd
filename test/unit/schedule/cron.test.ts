import { describe, expect, test } from 'vitest'
import { isCronProblem, parseCron } from '../../../src/schedule/cron.ts'
import { cronInstants } from '../../../src/schedule/cron-instants.ts'

function instants(expression: string, zone: string, after: string, until: string): string[] {
  const cron = parseCron(expression)
  if (isCronProblem(cron)) throw new Error(JSON.stringify(cron))
  return cronInstants(cron, zone, new Date(after), new Date(until)).map((instant) =>
    instant.toISOString().slice(0, 16),
  )
}

describe('reading', () => {
  test.each<[string, string, string, string]>([
    ['30 25 * * *', 'hour', '25', '0-23'],
    ['60 2 * * *', 'minute', '60', '0-59'],
    ['0 2 0 * *', 'day of month', '0', '1-31'],
    ['0 2 * 13 *', 'month', '13', '1-12'],
    ['0 2 * * 8', 'day of week', '8', '0-7'],
    ['0 2 * * fry', 'day of week', 'fry', '0-7'],
    ['0 8-6 * * *', 'hour', '8-6', '0-23'],
    ['*/0 * * * *', 'minute', '*/0', '0-59'],
    ['0 2,, * * *', 'hour', '', '0-23'],
    ['0 2 L * *', 'day of month', 'L', '1-31'],
    ['0 -1 * * *', 'hour', '-1', '0-23'],
  ])('%s: %s', (expression, field, value, expected) => {
    expect(parseCron(expression)).toEqual({ problem: 'value', field, value, expected })
  })

  test.each(['', '0 2 * *', '0 0 2 * * *', '@daily'])('%j has not five fields', (expression) => {
    expect(parseCron(expression)).toMatchObject({ problem: 'fields', expected: '5 fields' })
  })

  test('values, ranges, lists, steps and names', () => {
    expect(parseCron(' 0,30 8-18/5 */15  jan,3 mon-wed,7 ')).toEqual({
      minutes: [0, 30],
      hours: [8, 13, 18],
      days: [1, 16, 31],
      months: [1, 3],
      weekdays: [0, 1, 2, 3],
      everyHour: false,
    })
    expect(parseCron('5/20 * * * *')).toMatchObject({
      minutes: [5, 25, 45],
      everyHour: true,
      days: undefined,
    })
  })
})

describe('instants', () => {
  test.each<[string, string, string, string, string, string[]]>([
    [
      'each night, after exclusive, until inclusive',
      '30 2 * * *',
      'Asia/Shanghai',
      '2026-10-30T18:30Z',
      '2026-11-01T18:30Z',
      ['2026-10-31T18:30', '2026-11-01T18:30'],
    ],
    [
      'on a day that few months have',
      '0 8 31 * *',
      'Asia/Shanghai',
      '2026-01-01T00:00Z',
      '2026-04-01T00:00Z',
      ['2026-01-31T00:00', '2026-03-31T00:00'],
    ],
    [
      'on leap day',
      '0 8 29 2 *',
      'Asia/Shanghai',
      '2024-01-01T00:00Z',
      '2028-03-01T00:00Z',
      ['2024-02-29T00:00', '2028-02-29T00:00'],
    ],
    [
      'on a day or a weekday',
      '0 8 1 * mon',
      'Asia/Shanghai',
      '2026-10-31T12:00Z',
      '2026-11-09T12:00Z',
      ['2026-11-01T00:00', '2026-11-02T00:00', '2026-11-09T00:00'],
    ],
    [
      'on Sundays',
      '0 8 * * 7',
      'Asia/Shanghai',
      '2026-10-31T12:00Z',
      '2026-11-08T12:00Z',
      ['2026-11-01T00:00', '2026-11-08T00:00'],
    ],
    [
      'in the gap: later by its length',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      '2026-03-30T12:00Z',
      ['2026-03-29T01:30', '2026-03-30T00:30'],
    ],
    [
      'in the gap and where it ends: once',
      '30 2,3 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      '2026-03-29T12:00Z',
      ['2026-03-29T01:30'],
    ],
    [
      'twice on the clock: the first time',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      '2026-10-26T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'a rhythm through the repeated hour',
      '30 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:00Z',
      '2026-10-25T02:00Z',
      ['2026-10-24T23:30', '2026-10-25T00:30', '2026-10-25T01:30'],
    ],
    [
      'a rhythm over the gap',
      '0 * * * *',
      'America/New_York',
      '2026-03-08T05:30Z',
      '2026-03-08T08:00Z',
      ['2026-03-08T06:00', '2026-03-08T07:00', '2026-03-08T08:00'],
    ],
    [
      'a rhythm over half an hour’s gap',
      '*/20 */2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T13:30Z',
      '2026-10-03T17:31Z',
      ['2026-10-03T13:50', '2026-10-03T14:10', '2026-10-03T15:40', '2026-10-03T17:00', '2026-10-03T17:20'],
    ],
    [
      'an odd offset',
      '0 6 * * *',
      'Asia/Kathmandu',
      '2026-05-01T00:00Z',
      '2026-05-02T01:00Z',
      ['2026-05-01T00:15', '2026-05-02T00:15'],
    ],
    [
      'on a day that does not exist: with the next',
      '0 8 * * *',
      'Pacific/Apia',
      '2011-12-29T17:00Z',
      '2011-12-31T19:00Z',
      ['2011-12-29T18:00', '2011-12-30T18:00', '2011-12-31T18:00'],
    ],
  ])('%s', (_, expression, zone, after, until, expected) => {
    expect(instants(expression, zone, after, until)).toEqual(expected)
  })

  test('the same instants in one window and in many', () => {
    for (const expression of ['15 2 * * *', '*/7 */3 * * *']) {
      const [from, days] = [Date.UTC(2026, 9, 20), 12]
      const iso = (hours: number) => new Date(from + hours * 3_600_000).toISOString()
      const pieces = Array.from({ length: days * 4 }, (_, index) =>
        instants(expression, 'Europe/Berlin', iso(index * 6), iso(index * 6 + 6)),
      )
      expect(pieces.flat()).toEqual(instants(expression, 'Europe/Berlin', iso(0), iso(days * 24)))
      expect(pieces.flat().length).toBeGreaterThan(11)
    }
  })
})
