import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitRecord } from '../../../../connectors/csv/decode.ts'

const value = fc.option(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '中', '𠮷') }))

describe('splitting a CSV record', () => {
  it('gives back any fields that were quoted, and null for what is empty without quotes', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom(',', '\t', '|'), (fields, delimiter) => {
        const quoted = fields.map((field) => (field === null ? '' : `"${field.replaceAll('"', '""')}"`))
        expect(splitRecord(quoted.join(delimiter), delimiter, '"')).toEqual(fields)
      }),
    )
  })

  it('splits plain text at every delimiter', () => {
    const plain = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\\', "'", '中') }), { minLength: 1 })
    fc.assert(
      fc.property(plain, (fields) => {
        expect(splitRecord(fields.join(','), ',', '"')).toEqual(fields.map((field) => field || null))
      }),
    )
  })

  it.each([
    ['a,"b', /field 2 is never closed/],
    ['a,b"c"', /inside field 2/],
    ['"a" ,b', /after the closing quote of field 1/],
    ['a, "b"', /inside field 2/],
    ['a\r,b', /carriage return/],
  ])('finds what is wrong with %j', (text, message) => {
    expect(splitRecord(text, ',', '"')).toMatchObject({
      reason: 'malformed',
      message: expect.stringMatching(message),
    })
  })
})
