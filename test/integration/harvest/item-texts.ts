import fc from 'fast-check'
import type { ItemType } from '../../../catalog-schema/vocabulary/item-types.ts'

const digits = (max: number) =>
  fc.array(fc.constantFrom(...'0123456789'), { minLength: 1, maxLength: max }).map((all) => all.join(''))
const sign = fc.constantFrom('', '', '-', '+')
const padded = (min: number, max: number, width: number) =>
  fc.integer({ min, max }).map((value) => String(value).padStart(width, '0'))

/** Texts that mean something odd somewhere: to PostgreSQL, to JavaScript or to people. */
const nasty = fc.constantFrom(
  '',
  ' ',
  '0',
  '-',
  '+',
  '.',
  '1e3',
  '1E-3',
  '0x1F',
  '1_000',
  'NaN',
  'inf',
  '-Infinity',
  '１２',
  '一',
  'null',
  'NULL',
  '\\N',
  '\\.',
  ' 12 ',
  '12\n',
  '\t5',
  'on',
  'OFF',
  'True',
  'TRUE',
  'tr',
  '24:00:00',
  '23:59:60',
  '1:2',
  '99:99',
  '2025-6-1',
  '20250601',
  '2025/06/01',
  '2025-02-29',
  '2024-02-29',
  '1900-02-29',
  '0000-00-00',
  '0000-01-01',
  'today',
  'epoch',
  '2025-13-01',
  '10000-01-01',
  '0044-03-15 BC',
  '2025-06-20T10:00',
  '2025-06-20 10:00:00 Asia/Shanghai',
  '2025-06-20 10:00:00+16:00',
  '2025-06-20 10:00:00+08:99',
  '2025-06-20 10:00:00-15:59',
  '2025-06-20T10:00:00.1234567Z',
  '2025-06-20 10:00:00z',
  '2025-06-20 24:00:00',
  '2025-06-20 10:00:00,5',
  'J2451187',
  '9223372036854775808',
  '-9223372036854775808',
  '9223372036854775807',
  '00000000000000000000000000001',
  '.5',
  '5.',
  '-.5',
  '-0',
  '-0.000',
  '{"a":1}',
  '[]',
  '{"a":"\\u0000"}',
  '{"a":"\\u0041\\ud83d\\ude00"}',
  '"\\ud800"',
  '1e400',
  '[1,]',
  '{"a":1,"a":2}',
  ' 3 ',
  '1e200000',
  '-0.0',
  '{a0eebc999c0b4ef8bb6d6bb9bd380a11}',
  'a0eebc999c0b4ef8bb6d6bb9bd380a11',
  '𠮷',
  '\u{10ffff}',
  '\u2028',
)

const date = fc
  .tuple(
    fc.oneof(padded(1, 9999, 4), padded(1900, 2100, 4)),
    fc.oneof(padded(1, 12, 2), padded(0, 13, 2)),
    fc.oneof(padded(1, 31, 2), padded(0, 32, 2)),
  )
  .map((parts) => parts.join('-'))

const time = fc
  .tuple(padded(0, 24, 2), padded(0, 60, 2), fc.option(padded(0, 61, 2)), fc.option(digits(8)))
  .map(([hour, minute, second, fraction]) => {
    const seconds = second === null ? '' : `:${second}${fraction === null ? '' : `.${fraction}`}`
    return `${hour}:${minute}${seconds}`
  })

const datetime = fc.oneof(
  date,
  fc.tuple(date, fc.constantFrom(' ', 'T', 't', '  '), time).map((parts) => parts.join('')),
)

const offset = fc.oneof(
  fc.constantFrom('', 'Z', 'z', '+08', '+08:00', '-0330', ' +05', '+8'),
  fc
    .tuple(fc.constantFrom('+', '-'), padded(0, 18, 2), padded(0, 70, 2))
    .map(([by, hour, minute]) => `${by}${hour}:${minute}`),
)

const plain: Readonly<Record<ItemType, fc.Arbitrary<string>>> = {
  text: fc.string({ unit: 'grapheme', maxLength: 30 }),
  integer: fc.oneof(
    fc.tuple(sign, digits(21)).map((parts) => parts.join('')),
    fc.bigInt({ min: -(2n ** 63n) - 2n, max: 2n ** 63n + 1n }).map(String),
  ),
  decimal: fc
    .tuple(sign, digits(40), fc.option(digits(40)))
    .map(([by, whole, fraction]) => `${by}${whole}${fraction === null ? '' : `.${fraction}`}`),
  boolean: fc.constantFrom('true', 'false', 't', 'f', 'yes', 'no', 'y', 'n', '1', '0', 'Yes', 'ye'),
  date,
  time,
  datetime,
  instant: fc.tuple(datetime, offset).map((parts) => parts.join('')),
  uuid: fc.oneof(
    fc.uuid(),
    fc.uuid().map((text) => text.toUpperCase()),
  ),
  json: fc.oneof(
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify(value, null, 2)),
  ),
}

/** Texts as sources give them for an item of the type: mostly plain, some that PostgreSQL takes, some that none does. */
export function textOf(type: ItemType): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: plain[type] },
    { weight: 2, arbitrary: nasty },
    { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  )
}
