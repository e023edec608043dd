import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ItemType, itemTypes } from '../../../catalog-schema/vocabulary/item-types.ts'
import { encoders } from '../../../src/harvest/encode/encoders.ts'
import { FrameWriter } from '../../../src/harvest/encode/frame-writer.ts'
import { type TestDatabase, testDatabase } from '../../setup/database.ts'
import { textOf } from './item-texts.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const send: Readonly<Record<ItemType, string>> = {
  text: 'textsend',
  integer: 'int8send',
  decimal: 'numeric_send',
  boolean: 'boolsend',
  date: 'date_send',
  time: 'time_send',
  datetime: 'timestamp_send',
  instant: 'timestamptz_send',
  uuid: 'uuid_send',
  json: 'jsonb_send',
}

/** What the encoder writes, without the length word; undefined where it leaves the text to PostgreSQL. */
function encoded(type: ItemType, text: string): Buffer | undefined {
  const writer = new FrameWriter()
  if (!encoders[type](text, writer)) return undefined
  const [frame = Buffer.alloc(0)] = writer.take()
  expect(frame.readInt32BE(0)).toBe(frame.length - 4)
  return frame.subarray(4)
}

/** What PostgreSQL's own input makes of each text, as its binary form; null where it is no value of the type. */
async function asPostgres(type: ItemType, texts: readonly string[]): Promise<(Buffer | null)[]> {
  const sqlType = itemTypes[type]
  const { rows } = await database.pool.query<{ sent: Buffer | null }>(
    `select case when pg_input_is_valid(t.text, $2) then ${send[type]}(t.text::${sqlType}) end as sent
     from unnest($1::text[]) with ordinality as t (text, n) order by n`,
    [texts, sqlType],
  )
  return rows.map((row) => row.sent)
}

/** JSON text keeps its spaces and key order in what is sent; jsonb does not. */
async function asJsonb(sent: readonly Buffer[]): Promise<Buffer[]> {
  const texts = sent.map((value) => value.subarray(1).toString('utf8'))
  const { rows } = await database.pool.query<{ sent: Buffer }>(
    'select jsonb_send(t.text::jsonb) as sent from unnest($1::text[]) with ordinality as t (text, n) order by n',
    [texts],
  )
  return rows.map((row) => row.sent)
}

const seed = 20_250_620
const itemTypeNames = Object.keys(itemTypes) as ItemType[]

describe('encoders write what PostgreSQL makes of the same text', () => {
  for (const type of itemTypeNames) {
    it(type, async () => {
      const drawn = fc.sample(textOf(type), { numRuns: 4000, seed })
      const texts = [...new Set(drawn)].filter((text) => !text.includes('\0'))
      const known = texts.flatMap((text) => {
        const written = encoded(type, text)
        return written === undefined ? [] : [{ text, written }]
      })
      const ours = known.map(({ written }) => written)
      const mine = type === 'json' ? await asJsonb(ours) : ours
      const theirs = await asPostgres(
        type,
        known.map(({ text }) => text),
      )
      const differing = known.filter((_, at) => theirs[at]?.equals(mine[at] ?? Buffer.alloc(0)) !== true)
      expect(differing.map(({ text }) => text)).toEqual([])
      expect(known.length).toBeGreaterThan(type === 'boolean' ? 8 : 200)
    })
  }

  it('knows the plain forms itself, so that PostgreSQL need not be asked', () => {
    const plain: [ItemType, string][] = [
      ['integer', '0'],
      ['integer', '-9223372036854775808'],
      ['integer', '9223372036854775807'],
      ['decimal', '-0.00'],
      ['decimal', '123456789012345678901234567890.123456789'],
      ['date', '0001-01-01'],
      ['date', '9999-12-31'],
      ['datetime', '0001-01-01 00:00:00'],
      ['datetime', '9999-12-31 23:59:59.999999'],
      ['instant', '9999-12-31T23:59:59Z'],
      ['instant', '1900-01-01 00:00:00+08:05'],
      ['time', '23:59:59.999999'],
      ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'],
    ]
    for (const [type, text] of plain) expect(encoded(type, text), `${type} ${text}`).toBeDefined()
  })
})
