import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../../../connectors/postgres/client.ts'
import { parseConfig } from '../../../../connectors/postgres/config.ts'
import { openListing } from '../../../../connectors/postgres/listing.ts'
import { type TestDatabase, testDatabase } from '../../../setup/database.ts'
import { testContext } from '../../http/context.ts'
import { readAll, request } from './session-of.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db[Symbol.asyncDispose]())

/** Values that a sloppy reader changes, by the type of their column. */
const values: Readonly<Record<string, readonly (string | null)[]>> = {
  boolean: ['true', 'false', null],
  smallint: ['-32768', '32767', null],
  integer: ['-2147483648', '0', null],
  bigint: ['-9223372036854775808', '9223372036854775807', null],
  numeric: [
    '123456789012345678901234567890',
    '0.000000000000000000000000000001',
    '-98765432109876543210.12345678901234567890',
    '10000',
    '99990000',
    '0.00012000',
    '-0.5',
    '0.00',
    '0',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e40',
    null,
  ],
  'numeric(20,4)': ['1.5', '-12345678.9', null],
  real: ['0.1', 'NaN', '-Infinity', null],
  'double precision': ['0.1', '1e300', '-0', 'Infinity', '123456789012345680', null],
  text: ['', ' ', '中文𠮷', 'a\tb\nc\r\\d\\N', '\\N', '\\.', '"q",\'s\'', '�', '\b\f\v', null],
  'character varying(20)': ['', '名称', null],
  'character(5)': ['ab', '', null],
  date: [
    '0001-01-01 BC',
    '4713-11-24 BC',
    'infinity',
    '-infinity',
    '2024-02-29',
    '1900-02-28',
    '9999-12-31',
    '99999-01-01',
    null,
  ],
  time: ['00:00:00', '24:00:00', '12:34:56.000001', '23:59:59.9', null],
  'time with time zone': ['12:00:00+08', null],
  timestamp: [
    '2024-02-29 23:59:59.999999',
    '0044-03-15 01:02:03.5 BC',
    'infinity',
    '-infinity',
    '1999-12-31 23:59:59.5',
    '294276-12-31 23:59:59',
    null,
  ],
  timestamptz: [
    '2024-06-20 08:00:00+08',
    '0001-01-01 00:00:00+00 BC',
    'infinity',
    '1970-01-01 00:00:00.000001+00',
    null,
  ],
  interval: ['1 year 2 mons -3 days 04:05:06.7', null],
  uuid: ['00000000-0000-0000-0000-000000000000', '8f4e4aa0-2f10-4b9e-9f2b-1f9f3f2f4f5f', null],
  json: ['{"b": 1,  "a": [1.10, "x\\n"]}', 'null', null],
  jsonb: ['{"b": 1, "a": [1.10, "中"]}', 'null', null],
  bytea: ['\\x00ff', '', null],
  'integer[]': ['{1,NULL,3}', '{}', null],
  inet: ['10.0.0.1', null],
}

/** A column per type, a row per value; the other columns of the row are null. */
async function createTable(): Promise<void> {
  const types = Object.keys(values)
  await db.pool.query(`create domain positive as bigint check (value > 0)`)
  const columns = types.map((type, index) => `c${index} ${type}`).join(', ')
  await db.pool.query(`create table samples (id integer primary key, d positive, ${columns})`)
  let id = 0
  for (const [index, type] of types.entries()) {
    for (const value of values[type] ?? []) {
      await db.pool.query(`insert into samples (id, d, c${index}) values ($1, 7, $2::text::${type})`, [
        ++id,
        value,
      ])
    }
  }
}

beforeAll(async () => {
  await createTable()
})

/** What PostgreSQL itself prints: booleans by the cast, character(n) by the output function. */
async function printed(): Promise<(string | null)[][]> {
  const columns = Object.keys(values).map((type, index) =>
    type === 'character(5)' ? `rpad(c${index}, 5)` : `c${index}::text`,
  )
  const client = await db.pool.connect()
  try {
    await client.query(`set timezone to 'UTC'; set datestyle to 'ISO'; set extra_float_digits to 3`)
    const { rows } = await client.query<(string | null)[]>({
      text: `select id::text, d::text, ${columns.join(', ')} from samples order by samples.id`,
      rowMode: 'array',
    })
    return rows
  } finally {
    client.release(true)
  }
}

async function listingOf(binary: boolean, query: string) {
  const context = testContext()
  const connection = await connect(parseConfig({ url: db.url }, context), context, context.signal)
  const server = { ...connection.server, binary }
  return openListing({ ...connection, server }, request({ query }))
}

test.each([true, false])('every type comes out as PostgreSQL prints it (binary: %s)', async (binary) => {
  await using listing = await listingOf(binary, 'select * from samples order by id')
  expect(listing.copy?.format).toBe(binary ? 'binary' : 'text')
  const read = await readAll(listing)
  const expected = await printed()
  for (const [row, record] of expected.entries()) {
    // The text form prints an inet without its mask; the cast always has it.
    const asText = binary ? record : record.map((value) => (value === '10.0.0.1/32' ? '10.0.0.1' : value))
    expect(read[row], `row ${row + 1}`).toEqual(asText)
  }
  expect(read).toHaveLength(expected.length)
  expect(listing.end()).toMatchObject({ complete: true, declared: BigInt(expected.length) })
  // Relatives of PostgreSQL have no 64-bit hash of a text.
  expect(listing.end().token).toMatch(binary ? /^record:/ : /^md5:/)
})

test('the declared binary types let PostgreSQL take the tuples as they are', async () => {
  await using listing = await listingOf(true, 'select * from samples order by id')
  const target = listing.fields.map((field, index) => `${field} ${listing.copy?.types?.[index]}`)
  await db.pool.query(`create table copied (${target.join(', ')})`)
  const { from } = await import('pg-copy-streams')
  const client = await db.pool.connect()
  try {
    const stream = client.query(from('copy copied from stdin with (format binary)'))
    stream.write(Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]))
    for await (const batch of listing.batches()) {
      for (let index = 0; index < batch.count; index++) {
        stream.write(Buffer.from(batch.bytes.subarray(batch.starts[index], batch.ends[index])))
      }
    }
    stream.end(Buffer.from([0xff, 0xff]))
    await new Promise((resolve, reject) => stream.on('finish', resolve).on('error', reject))
  } finally {
    client.release()
  }
  const { rows } = await db.pool.query(
    `select count(*)::int as rows from samples s join copied c on c.id = s.id
     where (s.c4, s.c8, s.c11, s.c15, s.c17) is not distinct from (c.c4, c.c8, c.c11, c.c15, c.c17)`,
  )
  expect(rows[0].rows).toBe((await printed()).length)
})

test('dates and times of seven thousand years are those of PostgreSQL', async () => {
  const query = `select date '2000-01-01' + n * 1009 as d,
      timestamp '2000-01-01' + n * interval '997 days 13 hours 7 minutes 11.123457 seconds' as t
    from generate_series(-2400, 2400) as n`
  await using listing = await listingOf(true, query)
  const { rows } = await db.pool.query({
    text: `select d::text, t::text from (${query}) as q`,
    rowMode: 'array',
  })
  expect(await readAll(listing)).toEqual(rows)
})

test('numerics of every length and scale are those of PostgreSQL', async () => {
  const query = `select (case when n % 2 = 0 then -1 else 1 end) * round(power(10::numeric, n - 30) * 1.2345678901234567890123, s) as v
    from generate_series(0, 70) as n, generate_series(0, 40, 3) as s`
  await using listing = await listingOf(true, query)
  const { rows } = await db.pool.query({ text: `select v::text from (${query}) as q`, rowMode: 'array' })
  expect(await readAll(listing)).toEqual(rows)
})
