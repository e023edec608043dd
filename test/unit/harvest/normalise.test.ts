import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ItemMapping } from '../../../catalog-schema/documents/documents.ts'
import { dateReader, isDate, isTime } from '../../../src/harvest/date-format.ts'
import { isPlain, normaliserOf, shiftPoint } from '../../../src/harvest/normalise.ts'
import { durationMilliseconds } from '../../../src/harvest/plan.ts'

const mapping = (more: Partial<ItemMapping>): ItemMapping => ({
  from: 'f',
  normalise: [],
  empty: 'null',
  nulls: [],
  ...more,
})
const normalised = (more: Partial<ItemMapping>, text: string | null) => normaliserOf(mapping(more))(text)

describe('a normalisation', () => {
  it.each([
    [{ normalise: ['trim'] }, '\u3000 甲 乙\t\u00a0', '甲 乙'],
    [{ normalise: ['halfwidth'] }, '１２３ＡＢＣ－（）　￥', '123ABC-() ￥'],
    [{ normalise: ['upper'] }, '11010519491231002x', '11010519491231002X'],
    [{ normalise: ['lower'] }, 'ABC', 'abc'],
    [{ normalise: ['collapse'] }, 'a \n\t b', 'a b'],
    [{ normalise: ['decimal-comma'] }, '1.234.567,89', '1234567.89'],
    [{ normalise: ['thousands'] }, '1,234,567.89', '1234567.89'],
    [{ normalise: ['strip-nul'] }, 'a\0b', 'ab'],
    [{ normalise: ['halfwidth', 'trim'], nulls: ['-'] }, '　－　', null],
    [{ normalise: ['trim'] }, '   ', null],
    [{ empty: 'keep' }, '', ''],
    [{ map: { 男: '1', 女: '2' } }, '男', '1'],
    [{ map: { 男: '1' } }, 'toString', 'toString'],
    [{ map: { '1': '' } }, '1', ''],
    [{ format: 'yyyy年M月d日' }, '2025年6月20日', '2025-06-20'],
    [{ format: 'yyyyMMdd', nulls: ['00000000'] }, '00000000', null],
    [{ shift: 4 }, '1.5', '15000'],
    [{}, null, null],
  ] as const)('%j of %j is %j', (more, text, expected) => {
    expect(normalised(more as Partial<ItemMapping>, text)).toBe(expected)
  })

  it.each([
    [{ empty: 'reject' }, '', 'required'],
    [{}, 'a\0', 'nul'],
    [{ format: 'yyyyMMdd' }, '20250230', 'type'],
    [{ format: 'yyyy-MM-dd' }, '2025-6-1', 'type'],
  ] as const)('%j refuses %j: %s', (more, text, reason) => {
    expect(normalised(more, text)).toMatchObject({ reason })
  })

  it('is plain only where it changes nothing', () => {
    expect(isPlain(mapping({}))).toBe(true)
    expect(isPlain(mapping({ empty: 'keep' }))).toBe(true)
    for (const more of [
      { normalise: ['trim'] },
      { nulls: ['-'] },
      { map: {} },
      { format: 'yyyy' },
      { shift: 1 },
      { empty: 'reject' },
    ] as const)
      expect(isPlain(mapping(more as Partial<ItemMapping>)), JSON.stringify(more)).toBe(false)
  })
})

describe('moving the point', () => {
  const digits = fc
    .array(fc.constantFrom(...'0123456789'), { minLength: 1, maxLength: 40 })
    .map((all) => all.join(''))
  const number = fc
    .tuple(fc.constantFrom('', '-', '+'), digits, fc.option(digits))
    .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`)

  /** The number times ten to the 100th. */
  function exact(text: string): bigint {
    const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.')
    const value = BigInt(`${whole}${fraction}`) * 10n ** BigInt(100 - fraction.length)
    return text.startsWith('-') ? -value : value
  }

  it('multiplies by a power of ten and loses no digit', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: -12, max: 12 }), (text, by) => {
        const shifted = shiftPoint(text, by)
        expect(shifted).toMatch(/^[+-]?\d+(\.\d+)?$/)
        const [up, down] = by < 0 ? [1n, 10n ** BigInt(-by)] : [10n ** BigInt(by), 1n]
        expect(exact(shifted) * down, `${text} by ${by} is ${shifted}`).toBe(exact(text) * up)
      }),
    )
  })

  it('leaves alone what is no plain number', () => {
    for (const text of ['', '.', '-', 'abc', '1e3', '1,5', '１']) expect(shiftPoint(text, 4)).toBe(text)
  })
})

describe('a date format', () => {
  it.each([
    ['yyyy-MM-dd', '2024-02-29', '2024-02-29'],
    ['yyyy-MM-dd', '2025-02-29', undefined],
    ['yyyy/M/d', '2025/6/1', '2025-06-01'],
    ['d.M.yyyy HH:mm', '1.6.2025 09:05', '2025-06-01 09:05:00'],
    ['yyyy年MM月dd日 HH时mm分ss秒', '2025年06月01日 23时59分59秒', '2025-06-01 23:59:59'],
    ['yyyyMMddHHmmss', '20250601235960', undefined],
    ['yyyy.MM', '2025.06', '2025-06-01'],
    ['HH:mm', '24:00', undefined],
    ['HH:mm', '07:30', '07:30:00'],
    ['yyyy[MM]', '2025[06]', '2025-06-01'],
    ['yyyy-MM-dd', ' 2025-06-01', undefined],
    ['yyyy-MM-dd', '2025-06-01\n', undefined],
    ['yyyy-MM-dd', '0000-01-01', undefined],
  ])('%s reads %j as %j', (pattern, text, expected) => {
    expect(dateReader(pattern)(text)).toBe(expected)
  })

  it('knows the days of the Gregorian calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        const date = new Date(`2000-01-01T00:00:00Z`)
        date.setUTCFullYear(year, month - 1, day)
        const exists = month >= 1 && day >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
        expect(isDate(text)).toBe(exists)
      }),
    )
    expect(isTime('23:59:59')).toBe(true)
    expect(isTime('24:00:00')).toBe(false)
  })
})

describe('a duration', () => {
  it.each([
    ['PT15M', 900_000],
    ['P7D', 604_800_000],
    ['P1W', 604_800_000],
    ['P1DT2H3M4S', 93_784_000],
    ['15m', undefined],
  ])('%s is %d ms', (text, expected) => expect(durationMilliseconds(text)).toBe(expected))
})
