import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantsOf, parseSpan, type SpanUnit, spanAt, spanBefore } from '../../../src/attainment/span.ts'

describe('a span', () => {
  test.each<[SpanUnit, string, string, string]>([
    ['month', '2026-10', '2026-10-01', '2026-11-01'],
    ['month', '2026-12', '2026-12-01', '2027-01-01'],
    ['quarter', '2026-Q4', '2026-10-01', '2027-01-01'],
    ['quarter', '2026q1', '2026-01-01', '2026-04-01'],
    ['year', '2026', '2026-01-01', '2027-01-01'],
  ])('%s %s is from %s to %s', (unit, text, since, until) => {
    expect(parseSpan(unit, text)).toMatchObject({ unit, since, until })
  })

  test.each<[SpanUnit, string]>([
    ['month', '2026-13'],
    ['month', '2026-1'],
    ['month', '2026-10-01'],
    ['month', ''],
    ['quarter', '2026-Q5'],
    ['quarter', '2026'],
    ['year', '26'],
    ['year', '2026-10'],
  ])('%s "%s" is none', (unit, text) => {
    expect(parseSpan(unit, text)).toBeUndefined()
  })

  test('begins and ends at midnight of its zone', () => {
    const october = parseSpan('month', '2026-10')
    if (october === undefined) throw new Error('no span')
    expect(instantsOf(october, 'Asia/Shanghai')).toEqual({
      begin: new Date('2026-09-30T16:00Z'),
      end: new Date('2026-10-31T16:00Z'),
    })
    // Berlin leaves summer time on 25 October.
    expect(instantsOf(october, 'Europe/Berlin')).toEqual({
      begin: new Date('2026-09-30T22:00Z'),
      end: new Date('2026-10-31T23:00Z'),
    })
  })

  test('holds every instant of it, touches the one before, and reads back from its label', () => {
    const units = fc.constantFrom<SpanUnit>('month', 'quarter', 'year')
    const instants = fc.date({
      min: new Date('2024-01-01'),
      max: new Date('2030-12-31'),
      noInvalidDate: true,
    })
    const zones = fc.constantFrom('Asia/Shanghai', 'Asia/Kathmandu', 'America/New_York', 'Pacific/Apia')
    fc.assert(
      fc.property(units, instants, zones, (unit, instant, zone) => {
        const span = spanAt(unit, instant, zone)
        const { begin, end } = instantsOf(span, zone)
        expect(begin <= instant && instant < end).toBe(true)
        expect(spanBefore(span).until).toBe(span.since)
        expect(parseSpan(unit, span.label)).toEqual(span)
      }),
    )
  })
})
