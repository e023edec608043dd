import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  columnIndex,
  columnName,
  numberText,
  plainNumber,
  unescaped,
} from '../../../../connectors/excel/cell-text.ts'
import { numberKind } from '../../../../connectors/excel/number-format.ts'

describe('numbers in cells', () => {
  it.each([
    ['0.30000000000000004', '0.30000000000000004'],
    ['0.10000000000000001', '0.1'],
    ['19.989999999999998', '19.99'],
    ['12345678901234567890', '12345678901234567890'],
    ['1E-7', '0.0000001'],
    ['1.5E+21', '1500000000000000000000'],
    ['-2.5e3', '-2500'],
    ['1.50', '1.50'],
    ['0.123456789012345678901234567890', '0.123456789012345678901234567890'],
    ['abc', undefined],
    ['', undefined],
  ])('writes %s as %s', (source, text) => {
    expect(plainNumber(source)).toBe(text)
  })

  it('gives the shortest text of any double as Excel writes it, never an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = plainNumber(value.toPrecision(17)) ?? ''
        expect(text).toMatch(/^-?\d+(\.\d+)?$/)
        expect(Number(text)).toBe(value === 0 ? 0 : value)
      }),
    )
  })

  it.each([
    ['1', 'date', false, '1900-01-01'],
    ['59', 'date', false, '1900-02-28'],
    ['61', 'date', false, '1900-03-01'],
    ['45828', 'date', false, '2025-06-20'],
    ['44366', 'date', true, '2025-06-20'],
    ['45828.75', 'date', false, '2025-06-20'],
    ['45828.43055555555', 'datetime', false, '2025-06-20T10:20:00'],
    ['45828.999999999', 'datetime', false, '2025-06-21T00:00:00'],
    ['0.5000115740740741', 'time', false, '12:00:01'],
    ['1.5', 'time', false, '36:00:00'],
    ['-1', 'date', false, undefined],
    ['2958466', 'date', false, undefined],
  ] as const)('reads %s as a %s (1904: %s) %s', (source, kind, date1904, text) => {
    expect(numberText(source, kind, date1904)).toBe(text)
  })

  it.each([
    [0, undefined, 'number'],
    [14, undefined, 'date'],
    [22, undefined, 'datetime'],
    [31, undefined, 'date'],
    [46, undefined, 'time'],
    [164, 'yyyy"年"m"月"d"日"', 'date'],
    [164, '[$-804]yyyy/m/d;@', 'date'],
    [164, 'yyyy-mm-dd\\ hh:mm', 'datetime'],
    [164, '[h]:mm:ss', 'time'],
    [164, 'h:mm AM/PM', 'time'],
    [164, 'mmm', 'date'],
    [164, '0.00E+00', 'number'],
    [164, '#,##0.00"元 (d)"', 'number'],
    [164, '[Red]0.00', 'number'],
    [164, 'General', 'number'],
    [164, '0;"y"', 'number'],
  ])('takes format %d %s for a %s', (id, code, kind) => {
    expect(numberKind(id, code)).toBe(kind)
  })

  it('names columns both ways, and undoes the escapes of Excel', () => {
    fc.assert(
      fc.property(fc.nat(16_383), (index) => {
        expect(columnIndex(`${columnName(index)}12`)).toBe(index)
      }),
    )
    expect(unescaped('a_x000D_b_x005F_')).toBe('a\rb_')
  })
})
