import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJsonRecord } from '../../../../src/records/json-fields.ts'

const decode = (text: string, ...fields: string[]) => decodeJsonRecord(Buffer.from(text), fields)

describe('decoding a JSON record', () => {
  it.each([
    '12345678901234567890',
    '123456789012345678901234567890.123456789012345678901234567890',
    '0.10',
    '1.0',
    '-0',
    '1e3',
    '1E-7',
    '0.0000001',
    '9007199254740993',
    '7',
  ])('keeps the number %s as it is written, alone and inside', (number) => {
    expect(
      decode(`{"id":"130102199001011234","n": ${number} ,"o":{"x":[${number}]}}`, 'n', 'o', 'o.x.0'),
    ).toEqual([number, `{"x":[${number}]}`, number])
  })

  it('keeps any number as it is written', () => {
    const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,25})$/)
    const tail = fc.stringMatching(/^(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?$/)
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits, tail, (sign, whole, rest) => {
        const number = sign + whole + rest
        expect(decode(`{"s":"a\\\\","n":${number}}`, 'n')).toEqual([number])
      }),
    )
  })

  it('gives texts, booleans, null and what is absent', () => {
    const text = '{"a":"x\\n\\u4e2d","b":true,"c":false,"d":null,"e":"","f":[1,"y"],"g":{}}'
    const fields = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'toString']
    expect(decode(text, ...fields)).toEqual(['x\n中', 'true', 'false', null, '', '[1,"y"]', '{}', null, null])
  })

  it('reads paths, and a key with dots before a path', () => {
    expect(decode('{"a":{"b":"path"},"a.c":"key"}', 'a.b', 'a.c', 'a.b.c', 'x.y')).toEqual([
      'path',
      'key',
      null,
      null,
    ])
    expect(decode('["x","y"]', '1')).toEqual(['y'])
  })

  it.each([
    ['malformed', '{"a":1', undefined],
    ['malformed', '{"a":tru}', undefined],
    ['malformed', '5', undefined],
    ['malformed', '12345678901234567890', undefined],
    ['malformed', 'null', undefined],
    ['nul', '{"a":"x\\u0000"}', 'a'],
    ['encoding', '{"a":"\\ud800"}', 'a'],
  ])('calls %s what is: %s', (reason, text, column) => {
    expect(decode(text, 'a')).toMatchObject({ reason, ...(column ? { column } : {}) })
  })

  it('calls bytes that are not UTF-8 so', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xd6, 0xd0]), Buffer.from('"}')])
    expect(decodeJsonRecord(bytes, ['a'])).toMatchObject({ reason: 'encoding' })
  })
})
