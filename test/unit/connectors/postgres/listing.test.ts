import { afterAll, beforeAll, expect, test } from 'vitest'
import { GuijiError } from '../../../../src/errors/guiji-error.ts'
import { type TestDatabase, testDatabase } from '../../../setup/database.ts'
import { testContext } from '../../http/context.ts'
import { readAll, request, sessionOf } from './session-of.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await db.pool.query(`
    create schema "人社";
    create table "人社"."参保 ""人员""" (id integer primary key, name text, at timestamptz, n bigint);
    insert into "人社"."参保 ""人员""" values
      (1, '张三', '2026-01-01 00:00:00.000001+00', 10), (2, '李四', '2026-01-02 00:00:00+00', 20), (3, '王五', null, null);
    comment on table "人社"."参保 ""人员""" is '参保人员';
    comment on column "人社"."参保 ""人员""".name is '姓名';
    create table public.wide as select n as id, repeat('x', 1000) as filler from generate_series(1, 60000) as n;
    create table public.secret (id integer);
    create table public.changing (id integer primary key, value text);
    insert into public.changing select n, 'v' || n from generate_series(1, 1000) as n`)
})
afterAll(() => db[Symbol.asyncDispose]())

const people = { table: '人社.参保 "人员"' }

async function code(work: Promise<unknown>): Promise<GuijiError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof GuijiError)) throw new Error(`expected a GuijiError, got ${error}`)
  expect(JSON.stringify([error.message, error.details, error.fact('zh')])).not.toContain(password())
  return error
}

function password(): string {
  return decodeURIComponent(new URL(db.url).password) || 'no password'
}

test('asked-for fields come in their order, and one that is not there is left out', async () => {
  await using session = await sessionOf(db.url)
  await using listing = await session.list(request(people, { fields: ['name', 'gone', 'id'] }))
  expect(listing.fields).toEqual(['name', 'id'])
  expect(listing.copy).toEqual({ format: 'binary', types: ['text', 'bigint'] })
  expect(await readAll(listing)).toEqual([
    ['张三', '1'],
    ['李四', '2'],
    ['王五', '3'],
  ])
})

test('an unchanged table is recognised without moving a row; each kind of change is seen', async () => {
  await using session = await sessionOf(db.url)
  const read = { table: 'public.changing' }
  const token = async (previous?: string) => {
    await using listing = await session.list(request(read, previous === undefined ? {} : { previous }))
    if (!listing.unchanged) await readAll(listing)
    return {
      unchanged: listing.unchanged,
      end: listing.end(),
      declared: listing.declared,
      by: listing.unchangedBy,
    }
  }
  let known = (await token()).end.token
  expect(known).toBeDefined()
  const again = await token(known)
  expect(again).toMatchObject({ unchanged: true, by: 'fingerprint', declared: 1000n })
  expect(again.end).toMatchObject({ complete: true, token: known, declared: 1000n })

  // Another order on disk is no change.
  await db.pool.query(
    'cluster public.changing using changing_pkey; update public.changing set value = value where id = 1',
  )
  expect((await token(known)).unchanged).toBe(true)
  for (const change of [
    `update public.changing set value = 'v2' where id = 1`,
    `delete from public.changing where id = 5`,
    `insert into public.changing values (5, 'v5')`,
    `update public.changing set value = case id when 10 then 'v11' else 'v10' end where id in (10, 11)`,
    `update public.changing set value = null where id = 7`,
  ]) {
    await db.pool.query(change)
    const after = await token(known)
    expect(after.unchanged, change).toBe(false)
    known = after.end.token
    expect((await token(known)).unchanged, change).toBe(true)
  }
})

test('a table that is asked for other fields is not unchanged', async () => {
  await using session = await sessionOf(db.url)
  await using first = await session.list(request(people, { fields: ['id'] }))
  await readAll(first)
  const previous = first.end().token ?? ''
  await using second = await session.list(request(people, { fields: ['id', 'name'], previous }))
  expect(second.unchanged).toBe(false)
  expect(await readAll(second)).toHaveLength(3)
})

test('since reads what is at or after the cursor less its lag, and records without a cursor', async () => {
  await using session = await sessionOf(db.url)
  const ids = async (since: { field: string; value: string; lag?: string }) => {
    await using listing = await session.list(request(people, { fields: ['id'], since, cursor: since.field }))
    const records = await readAll(listing)
    return { ids: records.flat().sort(), cursor: listing.end().cursor, token: listing.end().token }
  }
  const value = '2026-01-02 00:00:00+00'
  expect(await ids({ field: 'at', value })).toEqual({ ids: ['2', '3'], cursor: value, token: undefined })
  expect((await ids({ field: 'at', value, lag: 'P1D' })).ids).toEqual(['1', '2', '3'])
  expect((await ids({ field: 'at', value, lag: 'PT23H59M59.999998S' })).ids).toEqual(['2', '3'])
  expect(await ids({ field: 'n', value: '20' })).toEqual({ ids: ['2', '3'], cursor: '20', token: undefined })
  expect((await ids({ field: 'n', value: '20', lag: '10' })).ids).toEqual(['1', '2', '3'])
})

test('the cursor keeps its microseconds', async () => {
  await using session = await sessionOf(db.url)
  const query = `select * from "人社"."参保 ""人员""" where id = 1 -- only one`
  await using listing = await session.list(request({ query }, { cursor: 'at' }))
  await readAll(listing)
  expect(listing.end().cursor).toBe('2026-01-01 00:00:00.000001+00')
})

test('rows that come while a listing is read belong to the next one', async () => {
  await using session = await sessionOf(db.url)
  await using listing = await session.list(request({ table: 'public.wide' }, { fields: ['id'] }))
  await db.pool.query(`insert into public.wide values (0, 'late')`)
  const records = await readAll(listing)
  await db.pool.query('delete from public.wide where id = 0')
  expect(records).toHaveLength(60_000)
  expect(listing.end()).toMatchObject({ complete: true, declared: 60_000n })
})

test('a query may hide no second statement', async () => {
  await using session = await sessionOf(db.url)
  for (const query of [
    'select 1; drop table public.secret',
    'select 1) to stdout; drop table public.secret; --',
    'select 1) as q; commit; drop table public.secret; select * from (select 2',
    'select 1) as q; drop table public.secret; select * from (select 2',
    'with gone as (delete from public.secret returning *) select * from gone',
  ]) {
    expect((await code(session.list(request({ query })))).code, query).toBe('SOURCE_QUERY_FAILED')
  }
  await db.pool.query('select from public.secret')
})

test('an unknown table and an unknown cursor name their nearest', async () => {
  await using session = await sessionOf(db.url)
  const table = await code(session.list(request({ table: 'public.secrets' })))
  expect(table.code).toBe('SOURCE_TABLE_UNKNOWN')
  expect(String(table.details.nearest)).toMatch(/^public\.secret,/)
  const field = await code(session.list(request(people, { since: { field: 'nane', value: 'x' } })))
  expect(field.code).toBe('SOURCE_FIELD_UNKNOWN')
  expect(field.details.nearest).toContain('name')
  expect(field.blame).toBe('source-wrong:schema')
})

test('what stands in a since value stays a value', async () => {
  await using session = await sessionOf(db.url)
  const since = { field: 'name', value: `'; drop table public.secret; --\\` }
  await using listing = await session.list(request(people, { fields: ['id'], since }))
  expect(await readAll(listing)).toHaveLength(3)
  await db.pool.query('select from public.secret')
})

test('a server that goes away in the middle is an error, not an end', async () => {
  await using session = await sessionOf(db.url)
  await using listing = await session.list(request({ table: 'public.wide' }))
  const reading = async () => {
    for await (const _ of listing.batches()) {
      await db.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'guiji' and datname = current_database() and query like 'copy%'`,
      )
    }
  }
  const error = await code(reading())
  expect(error.code).toBe('SOURCE_CLOSED')
  expect(error.recovery).toBe('retry')
  expect(listing.end().complete).toBe(false)
})

test('an abort ends a reading and leaves no connection behind', async () => {
  const context = testContext()
  await using session = await sessionOf(db.url, context)
  await using listing = await session.list(request({ table: 'public.wide' }))
  await expect(
    (async () => {
      for await (const _ of listing.batches()) context.abort()
    })(),
  ).rejects.toThrow(/abort/i)
  await expect
    .poll(async () => {
      const { rows } = await db.pool.query(
        `select from pg_stat_activity where application_name = 'guiji' and datname = current_database() and query like 'copy%'`,
      )
      return rows.length
    })
    .toBe(0)
})

test('a reading that is given up early leaves the session usable', async () => {
  await using session = await sessionOf(db.url)
  {
    await using listing = await session.list(request({ table: 'public.wide' }))
    for await (const _ of listing.batches()) break
    expect(listing.end().complete).toBe(false)
  }
  await using listing = await session.list(request(people, { fields: ['id'] }))
  expect(await readAll(listing)).toHaveLength(3)
})

test('a change between values that PostgreSQL takes for equal is seen', async () => {
  await db.pool.query(`
    create collation public.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create table public.equal (id integer, n numeric, t text collate public.nocase, j jsonb, k json);
    insert into public.equal values (1, 1.0, 'abc', '{"a": 1.0}', '{"a":1}'), (2, null, null, null, null)`)
  await using session = await sessionOf(db.url)
  const read = { table: 'public.equal' }
  await using first = await session.list(request(read))
  await readAll(first)
  const { token } = first.end()
  if (token === undefined) throw new Error('a complete reading has a token')
  const isUnchanged = async () => {
    await using listing = await session.list(request(read, { previous: token }))
    return listing.unchanged
  }
  expect(await isUnchanged()).toBe(true)
  for (const change of [`n = 1.00`, `t = 'ABC'`, `j = '{"a": 1.00}'`, `k = '{"a": 1}'`]) {
    await db.pool.query(`update public.equal set ${change} where id = 1`)
    expect(await isUnchanged(), change).toBe(false)
    await db.pool.query(
      `update public.equal set n = 1.0, t = 'abc', j = '{"a": 1.0}', k = '{"a":1}' where id = 1`,
    )
    expect(await isUnchanged()).toBe(true)
  }
})

test('the server makes digests of its records, which change with them and sum up to the fingerprint', async () => {
  await db.pool.query(`
    create table public.digested (id integer, n numeric, t text);
    insert into public.digested select i, i / 7.0, nullif(repeat('文', i % 40), '') from generate_series(1, 20000) as i`)
  await using session = await sessionOf(db.url)
  const read = { table: 'public.digested' }
  const digestsOf = async () => {
    await using listing = await session.list(request(read, { digests: true }))
    expect(listing.digestedBy).toMatch(/^postgres \d+ record$/)
    const digests: bigint[] = []
    const records: unknown[] = []
    for await (const batch of listing.batches()) {
      expect(batch.digests).toHaveLength(batch.count)
      digests.push(...(batch.digests ?? []))
      for (let index = 0; index < batch.count; index++) records.push(listing.decode(batch, index))
    }
    return { digests, records, token: listing.end().token }
  }
  const first = await digestsOf()
  await using plain = await session.list(request(read))
  expect(await readAll(plain)).toEqual(first.records)
  expect(plain.end().token).toBe(first.token)
  expect(new Set(first.digests).size).toBe(20_000)
  await db.pool.query(`update public.digested set n = n + 0.0000000000000000000000000 where id = 7`)
  const second = await digestsOf()
  const changed = first.digests.filter((digest) => !second.digests.includes(digest))
  expect(changed).toHaveLength(1)
  expect(second.token).not.toBe(first.token)
})
