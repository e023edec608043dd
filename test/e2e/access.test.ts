import pg from 'pg'
import { expect, test } from 'vitest'
import { cycles } from '../../catalog-schema/vocabulary/cycles.ts'
import { testDatabase } from '../setup/database.ts'
import { harvestedTown, type Town } from './town.ts'

async function asReader<Result>(
  place: Town,
  role: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const { url } = await place.json<{ url: string }>(['store', 'url', '--role', role])
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** `yes`, or the server's SQLSTATE. */
async function may(client: pg.Client, statement: string): Promise<string> {
  return await client.query(statement).then(
    () => 'yes',
    (error: unknown) => (error instanceof pg.DatabaseError ? (error.code ?? '?') : String(error)),
  )
}

const denied = '42501'
const readOnly = '25006'

test('an analyst reads the views of shared datasets and the catalog, and nothing else', async () => {
  await using place = await harvestedTown()
  await asReader(place, 'analyst', async (client) => {
    for (const view of ['mz.people', 'mz.homes', 'mz."低保对象信息"', '低保对象信息'])
      expect([view, await may(client, `select * from ${view}`)]).toEqual([view, 'yes'])
    const catalog = ['departments', 'datasets', 'items', 'freshness', 'row_counts', 'runs', 'rejects']
    for (const view of catalog)
      expect([view, await may(client, `select * from catalog.${view}`)]).toEqual([view, 'yes'])
    const closed = [
      'guiji.run',
      'guiji.reject',
      'guiji.source',
      'guiji.version',
      'store.people',
      'gone.people',
      'load.r1',
    ]
    for (const table of closed)
      expect([table, await may(client, `select * from ${table}`)]).toEqual([table, denied])
    expect(await may(client, 'select * from guiji.verdicts(now())')).toBe(denied)
    expect(await may(client, 'select * from mz.secret_cases')).toBe(denied)
    expect(await may(client, 'create table mz.mine (id int)')).toBe(readOnly)
    await client.query('set default_transaction_read_only = off')
    expect(await may(client, 'create table mz.mine (id int)')).toBe(denied)
    expect(await may(client, `update mz.people set name = 'x'`)).toBe(denied)
  })
})

test('who may read what follows the sharing type of the list', async () => {
  await using place = await harvestedTown()
  const views = ['mz.homes', 'mz.people', 'mz.secret_cases']
  const told: Record<string, string[]> = {}
  for (const role of ['reader', 'analyst', 'steward']) {
    told[role] = await asReader(place, role, async (client) => {
      const answers: string[] = []
      for (const view of views) answers.push(await may(client, `select * from ${view}`))
      return answers
    })
  }
  expect(told).toEqual({
    reader: ['yes', denied, denied],
    analyst: ['yes', 'yes', denied],
    steward: ['yes', 'yes', 'yes'],
  })
})

test('a query has the rights of an analyst, whatever it tries', async () => {
  await using place = await harvestedTown()
  const csv = await place.guiji(['query', 'select id, name from 低保对象信息_ limit 1', '--csv'])
  expect(csv.code).toBe(1)
  const good = await place.guiji([
    'query',
    'select "编号", "金额" from 低保对象信息 order by 1 limit 2;',
    '--csv',
  ])
  expect(good).toMatchObject({ code: 0, out: '编号,金额\n1,1.50\n10,10.50\n' })
  for (const statement of [
    'select * from guiji.run',
    'select 1; select 2',
    'delete from mz.people',
    'reset role',
  ]) {
    const { code, err } = await place.guiji(['query', statement])
    expect(err).toContain('error QUERY_FAILED')
    expect(code).toBe(1)
  }
  const rows = await place.json<object>(['query', 'select 12345678901234567890.5::numeric as n'])
  expect(JSON.stringify(rows)).toContain('"n"')
})

test('every view of the catalog and each of its columns carries a comment', async () => {
  await using database = await testDatabase()
  const { rows } = await database.pool.query(
    `select c.relname, a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = 'catalog' and (obj_description(c.oid, 'pg_class') is null
       or col_description(c.oid, a.attnum) is null)`,
  )
  expect(rows).toEqual([])
})

test('the store and the vocabulary agree on which cycles have a clock', async () => {
  await using database = await testDatabase()
  for (const [cycle, { clock }] of Object.entries(cycles)) {
    const { rows } = await database.pool.query('select guiji.has_clock($1) as clock', [cycle])
    expect([cycle, rows[0]?.clock]).toEqual([cycle, clock])
  }
})
