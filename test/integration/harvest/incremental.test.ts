import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourceDocument } from '../../../catalog-schema/documents/documents.ts'
import { type ItemType, itemTypes } from '../../../catalog-schema/vocabulary/item-types.ts'
import { type TestDatabase, testDatabase } from '../../setup/database.ts'
import { faultsOf, rowsOf, versionsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'

const bureau: SourceDocument = {
  code: 'bureau',
  name: '业务库',
  department: 'dsj',
  kind: 'postgres',
  config: { url: 'file:bureau-url' },
  politeness: { connections: 1 },
}

let town: City
let system: TestDatabase
let now = Date.parse('2026-03-01T00:00:00Z')
beforeAll(async () => {
  system = await testDatabase()
  town = await city({ sources: [bureau], clock: () => now })
  await writeFile(path.join(town.directory, 'bureau-url'), system.url)
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await system[Symbol.asyncDispose]()
})

async function ids(code: string): Promise<string[]> {
  const rows = await rowsOf(town.database.pool, `store.${code}`, ['id', 'name'])
  return rows.map((row) => `${row.id} ${row.name}`)
}

async function harvest(code: string) {
  const summary = await town.harvest(code)
  expect(await faultsOf(town.database.pool, code)).toEqual([])
  return summary
}

describe('an incremental harvest', () => {
  const items = [
    { code: 'id', type: 'integer', key: true },
    { code: 'name', type: 'text' },
  ] as const
  const people = (mapping = {}) =>
    town.apply(
      [datasetOf('people', items)],
      [
        harvestOf(
          'people',
          { table: 'public.people' },
          {
            source: 'bureau',
            mode: 'incremental',
            cursor: { field: 'changed', lag: 'PT1M' },
            reconcile: 'P1D',
            items: mapping,
          },
        ),
      ],
    )

  it('reads what changed since its cursor, and all of it when it is time to reconcile', async () => {
    const { pool } = system
    await pool.query(`create table people (id int primary key, name text, changed timestamptz)`)
    await pool.query(`insert into people values
      (1, 'a', '2026-02-28 10:00:00.123456+00'), (2, 'b', '2026-02-28 10:00:00.123457+00'), (3, 'c', null)`)
    await people()
    expect(await harvest('people')).toMatchObject({ mode: 'snapshot', inserted: '3' })
    const cursor = await town.database.pool.query<{ cursor: string }>(
      'select cursor from guiji.dataset_state',
    )
    expect(cursor.rows[0]?.cursor).toContain('10:00:00.123457')

    const before = await versionsOf(town.database.pool, 'people')
    now += 3_600_000
    expect(await harvest('people')).toMatchObject({ mode: 'incremental', read: '3', unchanged: '3' })
    expect(await versionsOf(town.database.pool, 'people')).toEqual(before)

    // Committed late, within the lag; deleted; changed without a cursor; changed behind the lag.
    await pool.query(`insert into people values (4, 'late', '2026-02-28 09:59:30+00');
      delete from people where id = 2; update people set name = 'c2' where id = 3;
      insert into people values (5, 'too late', '2026-02-28 09:00:00+00')`)
    now += 3_600_000
    expect(await harvest('people')).toMatchObject({
      mode: 'incremental',
      inserted: '1',
      updated: '1',
      deleted: '0',
    })
    expect(await ids('people')).toEqual(['1 a', '2 b', '3 c2', '4 late'])

    now += 86_400_000
    expect(await harvest('people')).toMatchObject({
      mode: 'snapshot',
      inserted: '1',
      deleted: '1',
      unchanged: '3',
    })
    expect(await ids('people')).toEqual(['1 a', '3 c2', '4 late', '5 too late'])
  })

  it('reads everything again when the mapping changes', async () => {
    await people({ name: { normalise: ['upper'] } })
    now += 60_000
    expect(await harvest('people')).toMatchObject({ mode: 'snapshot', updated: '4', unchanged: '0' })
    expect(await ids('people')).toEqual(['1 A', '3 C2', '4 LATE', '5 TOO LATE'])
    now += 86_400_000
    expect(await harvest('people')).toMatchObject({ mode: 'snapshot', read: '0', state: 'succeeded' })
    now += 60_000
    expect(await harvest('people')).toMatchObject({ mode: 'incremental', updated: '0' })
    now += 86_400_000
    await system.pool.query(`insert into people values (6, 'new', '2026-03-05')`)
    expect(await harvest('people')).toMatchObject({
      mode: 'snapshot',
      inserted: '1',
      updated: '0',
      unchanged: '4',
    })
  })

  it('closes a reject when its record arrives well, in whatever form its key is written', async () => {
    await system.pool.query(`create table papers (id text, name text, changed timestamptz)`)
    await system.pool.query(
      `insert into papers values ('01', null, '2026-02-28 10:00+00'), ('2', 'b', '2026-02-28 10:00+00'), ('3', 'c', '2026-02-28 10:00+00')`,
    )
    await town.apply(
      [
        datasetOf('papers', [
          { code: 'id', type: 'integer', key: true },
          { code: 'name', type: 'text', required: true },
        ]),
      ],
      [
        harvestOf(
          'papers',
          { table: 'public.papers' },
          { source: 'bureau', mode: 'incremental', cursor: { field: 'changed' } },
        ),
      ],
    )
    expect(await harvest('papers')).toMatchObject({ inserted: '2', rejected: '1' })
    await system.pool.query(`update papers set name = 'a', changed = '2026-02-28 11:00+00' where id = '01'`)
    expect(await harvest('papers')).toMatchObject({ mode: 'incremental', inserted: '1', rejected: '0' })
    const { rows } = await town.database.pool.query('select from guiji.reject where closed_at is null')
    expect(rows).toEqual([])
  })
})

describe('an append harvest', () => {
  it('puts events into the partitions of their time, each once', async () => {
    await system.pool.query(`create table events (id bigint, name text, at timestamp)`)
    await system.pool.query(
      `insert into events values (1, 'a', '2026-01-31 23:59:59'), (2, 'b', '2026-02-01'), (3, 'c', null)`,
    )
    await town.apply(
      [
        datasetOf(
          'events',
          [
            { code: 'id', type: 'integer', key: true },
            { code: 'name', type: 'text' },
            { code: 'at', type: 'datetime' },
          ],
          { partition: { by: 'at', every: 'month' } },
        ),
      ],
      [
        harvestOf(
          'events',
          { table: 'public.events' },
          { source: 'bureau', mode: 'append', cursor: { field: 'id' } },
        ),
      ],
    )
    expect(await harvest('events')).toMatchObject({ mode: 'append', inserted: '3' })
    await system.pool.query(
      `insert into events values (4, 'd', '2026-03-05'); delete from events where id = 1`,
    )
    expect(await harvest('events')).toMatchObject({ inserted: '1', deleted: '0' })
    const { rows } = await town.database.pool.query<{ part: string; id: bigint }>(
      'select tableoid::regclass::text as part, id from store.events order by id',
    )
    expect(rows.map(({ part, id }) => `${part} ${id}`)).toEqual([
      'store.events__202601 1',
      'store.events__202602 2',
      'store.events__other 3',
      'store.events__202603 4',
    ])
  })

  it('keeps its rows when the list asks for other partitions', async () => {
    const events = (every: 'month' | 'day' | undefined) =>
      town.apply(
        [
          datasetOf(
            'calls',
            [
              { code: 'id', type: 'integer', key: true },
              { code: 'at', type: 'date' },
            ],
            every === undefined ? {} : { partition: { by: 'at', every } },
          ),
        ],
        [harvestOf('calls', { file: 'calls-*.csv' }, { mode: 'append' })],
      )
    const places = async () => {
      const { rows } = await town.database.pool.query<{ place: string }>(
        `select tableoid::regclass::text || ' ' || id as place from store.calls order by id`,
      )
      return rows.map((row) => row.place)
    }
    await events(undefined)
    await town.write('calls-1.csv', 'id,at\n1,2026-01-31\n2,2026-02-01\n')
    await harvest('calls')
    await events('month')
    expect(await places()).toEqual(['store.calls__202601 1', 'store.calls__202602 2'])
    await events('day')
    expect(await places()).toEqual(['store.calls__20260131 1', 'store.calls__20260201 2'])
    await town.write('calls-2.csv', 'id,at\n3,2026-02-01\n2,2026-02-01\n')
    expect(await harvest('calls')).toMatchObject({ inserted: '1', unchanged: '1', heldAfter: '3' })
    await events(undefined)
    expect(await places()).toEqual(['store.calls 1', 'store.calls 2', 'store.calls 3'])
    expect((await town.database.pool.query('select * from dsj.calls')).rowCount).toBe(3)
  })

  it('takes each file once, also when the mapping changes', async () => {
    const log = (mapping = {}) =>
      town.apply(
        [datasetOf('log', [{ code: 'name', type: 'text' }])],
        [harvestOf('log', { file: 'log-*.csv' }, { mode: 'append', items: mapping })],
      )
    await log()
    await town.write('log-1.csv', 'name\na\nb\n')
    expect(await harvest('log')).toMatchObject({ inserted: '2' })
    await town.write('log-2.csv', 'name\nc\n')
    expect(await harvest('log')).toMatchObject({ read: '1', inserted: '1' })
    expect(await harvest('log')).toMatchObject({ read: '0', inserted: '0', state: 'succeeded' })
    await log({ name: { normalise: ['upper'] } })
    await town.write('log-3.csv', 'name\nd\n')
    expect(await harvest('log')).toMatchObject({ inserted: '1', state: 'succeeded' })
    expect(await rowsOf(town.database.pool, 'store.log', ['name'])).toHaveLength(4)
  })
})

describe('rows of a PostgreSQL source', () => {
  const types = Object.keys(itemTypes) as ItemType[]
  const values: readonly (readonly (string | null)[])[] = [
    [
      '1',
      'a',
      '9223372036854775807',
      '-0.00',
      'true',
      '0001-01-01',
      '24:00:00',
      '9999-12-31 23:59:59.999999',
      '1900-12-31 12:00:00+08:05:43',
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      '{"a": [1, "\\u0001"]}',
    ],
    [
      '2',
      '',
      '-9223372036854775808',
      '123456789012345678901234567890.1234567890',
      'false',
      '9999-12-31',
      '00:00:00.000001',
      '0001-01-01 00:00:00',
      '2025-06-20 10:00:00+08',
      null,
      'null',
    ],
    [
      '3',
      '甲"\n,\\.',
      '0',
      '1e-20',
      null,
      '2000-02-29',
      null,
      null,
      '2285-12-31 23:59:59.123456+00',
      null,
      '1e2',
    ],
    ['4', null, null, null, null, null, null, null, null, null, null],
  ]

  it('are the same through binary COPY and decoded, in every type', async () => {
    const columns = ['id', ...types.map((type) => `c_${type}`)]
    await system.pool.query(
      `create table everything (id int, ${types.map((type) => `c_${type} ${itemTypes[type]}`).join(', ')})`,
    )
    for (const row of values)
      await system.pool.query(
        `insert into everything values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
        [...row],
      )
    const items = [
      { code: 'id', type: 'integer' as const, key: true },
      ...types.map((type) => ({ code: `c_${type}`, type })),
    ]
    const read = { table: 'public.everything' }
    await town.apply(
      [datasetOf('copied', items), datasetOf('decoded', items)],
      [
        harvestOf('copied', read, { source: 'bureau' }),
        harvestOf('decoded', read, { source: 'bureau', items: { c_text: { normalise: ['strip-nul'] } } }),
      ],
    )
    expect(await harvest('copied')).toMatchObject({ lane: 'bytes', inserted: '4' })
    expect(await harvest('decoded')).toMatchObject({ lane: 'rows', inserted: '4' })
    const copied = await rowsOf(town.database.pool, 'store.copied', columns)
    expect(await rowsOf(town.database.pool, 'store.decoded', columns)).toEqual(copied)
    const source = await rowsOf(system.pool, 'everything', columns)
    expect(copied).toEqual(source.map((row) => (row.c_text === '' ? { ...row, c_text: null } : row)))
  })
})
