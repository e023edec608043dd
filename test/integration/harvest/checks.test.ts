import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ItemDocument, RuleDocument } from '../../../catalog-schema/documents/documents.ts'
import { itemTypes } from '../../../catalog-schema/vocabulary/item-types.ts'
import type { SemanticType } from '../../../catalog-schema/vocabulary/semantic-types.ts'
import { checksOf, firstFailed } from '../../../src/harvest/checks.ts'
import { type TestDatabase, testDatabase } from '../../setup/database.ts'
import { datasetOf } from './city.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

type Item = Pick<ItemDocument, 'type'> & Partial<ItemDocument>

/** Reason of the first check that each value fails; `ok` where all pass. */
async function judged(item: Item, values: readonly (string | null)[], rules: readonly RuleDocument[] = []) {
  const checks = checksOf(datasetOf('checked', [{ code: 'v', ...item }], { rules }))
  const { rows } = await database.pool.query<{ failed: number | null }>(
    `select ${firstFailed(checks)} as failed from (select t.text::${itemTypes[item.type]} as v, t.n
       from unnest($1::text[]) with ordinality as t (text, n)) row order by n`,
    [values],
  )
  return rows.map(({ failed }) => (failed === null ? 'ok' : (checks[failed]?.reason ?? 'unknown')))
}

/** Values of the alphabet's characters, most of them with a right check character, some with one character changed. */
function coded(alphabet: string, length: number, finish: (body: string) => string) {
  const body = fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((all) => all.join(''))
  return fc.oneof(
    body.map((text) => text + finish(text)),
    fc.tuple(body, fc.nat(length), fc.constantFrom(...alphabet)).map(([text, at, other]) => {
      const whole = text + finish(text)
      return whole.slice(0, at) + other + whole.slice(at + 1)
    }),
  )
}

const usccAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
function usccCheck(body: string): string {
  let sum = 0
  let weight = 1
  for (const character of body) {
    sum += usccAlphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return usccAlphabet[(31 - (sum % 31)) % 31] ?? ''
}

/** ISO 7064 MOD 11-2, digit by digit. */
function idcardCheck(body: string): string {
  let product = 0
  for (const digit of body) product = ((product + Number(digit)) * 2) % 11
  return '10X98765432'[product] === undefined
    ? ''
    : (12 - product) % 11 === 10
      ? 'X'
      : String((12 - product) % 11)
}

function isIdcard(text: string): boolean {
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(text)) return false
  const [year, month, day] = [
    Number(text.slice(6, 10)),
    Number(text.slice(10, 12)),
    Number(text.slice(12, 14)),
  ]
  const date = new Date(Date.UTC(year, month - 1, day))
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1 && day >= 1
  return year >= 1900 && year < 2100 && exists && idcardCheck(text.slice(0, 17)) === text[17]
}

const orgAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
function orgCheck(body: string): string {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2]
  const sum = [...body].reduce(
    (total, character, at) => total + orgAlphabet.indexOf(character) * (weights[at] ?? 0),
    0,
  )
  const rest = 11 - (sum % 11)
  return rest === 10 ? 'X' : rest === 11 ? '0' : String(rest)
}

const idcardBody = fc
  .tuple(
    fc.integer({ min: 100000, max: 999999 }),
    fc.integer({ min: 1895, max: 2105 }),
    fc.nat(13),
    fc.nat(32),
    fc.nat(999),
  )
  .map(([place, year, month, day, order]) =>
    [
      place,
      year,
      String(month).padStart(2, '0'),
      String(day).padStart(2, '0'),
      String(order).padStart(3, '0'),
    ].join(''),
  )

const codes: readonly [SemanticType, fc.Arbitrary<string>, (text: string) => boolean][] = [
  [
    'uscc',
    coded(usccAlphabet, 17, usccCheck),
    (text) => text.length === 18 && usccCheck(text.slice(0, 17)) === text[17],
  ],
  [
    'idcard',
    fc.oneof(
      idcardBody.map((body) => body + idcardCheck(body)),
      idcardBody.map((body) => `${body}1`),
    ),
    isIdcard,
  ],
  [
    'orgcode',
    coded(orgAlphabet, 8, orgCheck).chain((text) =>
      fc.constantFrom(text, `${text.slice(0, 8)}-${text.slice(8)}`),
    ),
    (text) => /^.{8}-?[0-9X]$/.test(text) && orgCheck(text.slice(0, 8)) === text.at(-1),
  ],
]

describe('check digits', () => {
  for (const [semantic, values, isRight] of codes) {
    it(`of ${semantic} are judged as by the standard`, async () => {
      const texts = fc.sample(values, { numRuns: 3000, seed: 7 })
      const found = await judged({ type: 'text', semantic }, texts)
      const wrong = texts.filter((text, at) => (found[at] === 'ok') !== isRight(text))
      expect(wrong).toEqual([])
      expect(new Set(found)).toEqual(new Set(['ok', 'semantic']))
    })
  }

  it('are right for numbers that are known', async () => {
    expect(
      await judged({ type: 'text', semantic: 'uscc' }, [
        '91350100M000100Y43',
        '91350100M000100Y44',
        '91350100m000100y43',
        '',
      ]),
    ).toEqual(['ok', 'semantic', 'semantic', 'semantic'])
    expect(
      await judged({ type: 'text', semantic: 'idcard' }, [
        '11010519491231002X',
        '440524188001010014',
        '11010519491231002x',
        '１1010519491231002X',
      ]),
    ).toEqual(['ok', 'semantic', 'semantic', 'semantic'])
    expect(
      await judged({ type: 'text', semantic: 'orgcode' }, ['D2143569-X', 'D2143569X', 'D2143569-1']),
    ).toEqual(['ok', 'ok', 'semantic'])
  })
})

const cases: readonly [string, Item, readonly (readonly [string | null, string])[]][] = [
  [
    'required',
    { type: 'text', required: true },
    [
      [null, 'required'],
      ['', 'ok'],
    ],
  ],
  [
    'key',
    { type: 'integer', key: true },
    [
      [null, 'key-missing'],
      ['0', 'ok'],
    ],
  ],
  [
    'key length',
    { type: 'text', key: true },
    [
      ['x'.repeat(2600), 'ok'],
      ['x'.repeat(2601), 'length'],
      ['甲'.repeat(867), 'length'],
    ],
  ],
  [
    'length',
    { type: 'text', maxLength: 2 },
    [
      ['甲乙', 'ok'],
      ['甲乙丙', 'length'],
      ['𠮷𠮷', 'ok'],
      [null, 'ok'],
    ],
  ],
  [
    'pattern',
    { type: 'text', pattern: 'a|b' },
    [
      ['a', 'ok'],
      ['ab', 'pattern'],
      ['a\n', 'pattern'],
      ['x\na', 'pattern'],
    ],
  ],
  [
    'pattern of digits',
    { type: 'text', pattern: '[0-9]{3}' },
    [
      ['123', 'ok'],
      ['12', 'pattern'],
      ['12a', 'pattern'],
      ['１２３', 'pattern'],
      ['', 'pattern'],
      ['1 3', 'pattern'],
    ],
  ],
  [
    'pattern of digits, any regular form',
    { type: 'text', pattern: '\\d{1,3}' },
    [
      ['1', 'ok'],
      ['1234', 'pattern'],
      ['１', 'pattern'],
    ],
  ],
  [
    'pattern with digits',
    { type: 'text', pattern: '\\d\\d-[a-z]' },
    [
      ['12-a', 'ok'],
      ['１2-a', 'pattern'],
    ],
  ],
  [
    'pattern of a number',
    { type: 'integer', pattern: '[0-9]{6}' },
    [
      ['130100', 'ok'],
      ['13', 'pattern'],
    ],
  ],
  [
    'enum',
    { type: 'text', enum: ["it's", '\\'] },
    [
      ["it's", 'ok'],
      ['\\', 'ok'],
      ['its', 'enum'],
      [null, 'ok'],
    ],
  ],
  [
    'enum of numbers',
    { type: 'integer', enum: ['1', '2'] },
    [
      ['1', 'ok'],
      ['3', 'enum'],
    ],
  ],
  [
    'range',
    { type: 'decimal', min: '-0.5', max: '1e3' },
    [
      ['-0.5', 'ok'],
      ['-0.51', 'range'],
      ['1000.0', 'ok'],
      ['1000.01', 'range'],
    ],
  ],
  [
    'range of dates',
    { type: 'date', min: '1949-10-01' },
    [
      ['1949-10-01', 'ok'],
      ['1949-09-30', 'range'],
    ],
  ],
  [
    'finite',
    { type: 'date' },
    [
      ['infinity', 'type'],
      ['9999-12-31', 'ok'],
    ],
  ],
  [
    'numbers',
    { type: 'decimal' },
    [
      ['NaN', 'type'],
      ['Infinity', 'type'],
      ['0', 'ok'],
    ],
  ],
  [
    'scale and precision',
    { type: 'decimal', precision: 5, scale: 2 },
    [
      ['999.99', 'ok'],
      ['1000', 'range'],
      ['0.001', 'range'],
      ['0.1000', 'ok'],
      ['-999.99', 'ok'],
    ],
  ],
  [
    'division',
    { type: 'text', semantic: 'division' },
    [
      ['13', 'ok'],
      ['131102', 'ok'],
      ['131102001', 'ok'],
      ['131102001001', 'ok'],
      ['031102', 'semantic'],
      ['13110', 'semantic'],
      ['１３', 'semantic'],
    ],
  ],
  [
    'mobile',
    { type: 'text', semantic: 'mobile' },
    [
      ['13800138000', 'ok'],
      ['19912345678', 'ok'],
      ['12800138000', 'semantic'],
      ['1380013800', 'semantic'],
      ['23800138000', 'semantic'],
      ['1380013800x', 'semantic'],
    ],
  ],
  [
    'phone',
    { type: 'text', semantic: 'phone' },
    [
      ['0318-2026666', 'ok'],
      ['+86 13800138000', 'ok'],
      ['12345', 'ok'],
      ['电话', 'semantic'],
    ],
  ],
  [
    'email',
    { type: 'text', semantic: 'email' },
    [
      ['a@b.cn', 'ok'],
      ['a b@c.cn', 'semantic'],
      ['a@b', 'semantic'],
    ],
  ],
  [
    'plate',
    { type: 'text', semantic: 'plate' },
    [
      ['冀T12345', 'ok'],
      ['冀TD12345', 'ok'],
      ['T12345', 'semantic'],
    ],
  ],
  [
    'postcode',
    { type: 'text', semantic: 'postcode' },
    [
      ['053000', 'ok'],
      ['5300', 'semantic'],
    ],
  ],
  [
    'longitude',
    { type: 'decimal', semantic: 'longitude' },
    [
      ['115.67', 'ok'],
      ['180.01', 'semantic'],
    ],
  ],
  [
    'latitude',
    { type: 'decimal', semantic: 'latitude' },
    [
      ['-90', 'ok'],
      ['90.01', 'semantic'],
    ],
  ],
]

describe('a check', () => {
  for (const [name, item, expected] of cases) {
    it(`of ${name}`, async () => {
      const found = await judged(
        item,
        expected.map(([value]) => value),
      )
      expect(found.map((reason, at) => [expected[at]?.[0], reason])).toEqual(expected)
    })
  }

  it('of a rule holds for all but what is false', async () => {
    const rules = [{ name: 'positive', sql: 'v > 0' }]
    expect(await judged({ type: 'integer' }, ['1', '-1', null], rules)).toEqual(['ok', 'rule', 'ok'])
  })
})
