import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJsonRecord } from '../../../src/records/json-fields.ts'
import { JsonReader } from '../../../src/records/json-reader.ts'

const fields = ['a', 'b', 'c.d', '名称', 'toString', '']

/** What stands in a record for a value: plain, odd, or no JSON at all. */
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary' }).map((text) => `"${text}"`),
  fc.constantFrom(
    'null',
    'true',
    'false',
    'nul',
    'truer',
    '',
    '{',
    '[]',
    '{"d":"x"}',
    '{"d":1.50}',
    '"\\u0000"',
  ),
  fc.constantFrom(
    '0',
    '-0',
    '01',
    '1.',
    '.5',
    '1.50',
    '-',
    '1e3',
    '1E+05',
    '1e',
    '12345678901234567890',
    '+1',
    '1 2',
  ),
  fc.json(),
)
const key = fc.oneof(
  fc.constantFrom(
    '"a"',
    '"b"',
    '"c"',
    '"名称"',
    '"x"',
    '"toString"',
    '"__proto__"',
    '""',
    '"\\u0061"',
    'a',
    '"1"',
  ),
  fc.string().map((text) => JSON.stringify(text)),
)
const space = fc.constantFrom('', '', ' ', '\n\t')
const member = fc
  .tuple(space, key, space, space, value, space)
  .map(([a, k, b, c, v, d]) => `${a}${k}${b}:${c}${v}${d}`)
const object = fc
  .tuple(fc.array(member, { maxLength: 5 }), fc.constantFrom('}', '}', '}', ' }', '', '},', ']'))
  .map(([members, close]) => `{${members.join(',')}${close}`)
const broken = fc.tuple(object, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)))

describe('a reader of JSON records', () => {
  it('answers as the decoder does, record after record, in a batch and with what stands around', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(object, object, broken), { maxLength: 12 }),
        fc.string(),
        (records, around) => {
          const reader = new JsonReader(fields)
          const edge = Buffer.from(around)
          const parts = records.map((record) => Buffer.from(record))
          const bytes = Buffer.concat([edge, ...parts.flatMap((part) => [part, Buffer.from(',')]), edge])
          let at = edge.length
          for (const part of parts) {
            expect(reader.read(bytes, at, at + part.length)).toEqual(decodeJsonRecord(part, fields))
            at += part.length + 1
          }
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('answers as the decoder does for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), object, (tail, text) => {
        const bytes = Buffer.concat([Buffer.from(text), tail])
        const reader = new JsonReader(fields)
        expect(reader.read(bytes, 0, bytes.length)).toEqual(decodeJsonRecord(bytes, fields))
      }),
      { numRuns: 1500 },
    )
  })
})
