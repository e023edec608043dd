/** A process that lost its run writes nothing, at whatever point of the run that happened. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HarvestDocument } from '../../../catalog-schema/documents/documents.ts'
import { quote } from '../../../src/store/identifiers.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'
import { harvestOnce } from './engine.ts'

let town: City
let thief: pg.Client
beforeAll(async () => {
  town = await city()
  thief = new pg.Client({ connectionString: town.database.url })
  await thief.connect()
  await thief.query(`set lock_timeout to '50ms'`)
})
afterAll(async () => {
  await thief.end()
  await town[Symbol.asyncDispose]()
})

const items = [
  { code: 'id', type: 'integer', key: true },
  { code: 'name', type: 'text' },
  { code: 'day', type: 'date' },
] as const

function file(from: number, until: number, word: string): string {
  const lines = ['id,name,day']
  for (let id = from; id < until; id += 1)
    lines.push(`${id},${word} ${id},${id % 5 === 0 ? '2025-02-30' : '2025-06-20'}`)
  return `${lines.join('\n')}\n`
}

interface Case {
  readonly code: string
  readonly harvest?: Partial<HarvestDocument>
  /** What is there before, and what the run that is robbed reads; `null`: what is there already. */
  readonly before?: string
  readonly next: string | null
  readonly full?: boolean
}

const cases: readonly Case[] = [
  { code: 'fresh', next: file(1, 40, 'a') },
  { code: 'delta', before: file(1, 40, 'a'), next: file(20, 60, 'b') },
  { code: 'same', before: file(1, 9, 'a'), next: null },
  { code: 'again', before: file(1, 9, 'a'), next: null, full: true },
  { code: 'misfits', next: `${file(1, 9, 'a')}1\n2\n3\n4\n5\n6\n7\n8\n9\n` },
  { code: 'fields', before: file(1, 9, 'a'), next: 'id,name\n1,a\n' },
  { code: 'parked', before: file(1, 40, 'a'), next: file(1, 2, 'a'), harvest: parking() },
  { code: 'since', before: file(1, 40, 'a'), next: file(1, 60, 'c'), harvest: sinceId() },
  { code: 'events', before: file(1, 40, 'a'), next: file(40, 60, 'c'), harvest: { mode: 'append' } },
]

function parking(): Partial<HarvestDocument> {
  return { deletions: { maxShare: 0.1, minRows: 0, keep: 'P7D' } }
}

function sinceId(): Partial<HarvestDocument> {
  return { mode: 'incremental', cursor: { field: 'id' } }
}

describe('a run that is taken away at its n-th statement, for every n', () => {
  it.each(cases)(
    '$code: what stands then is what stands at the end',
    async (one) => {
      const { code } = one
      await town.write(`${code}.csv`, one.before ?? one.next ?? '')
      await town.apply([datasetOf(code, items)], [harvestOf(code, { file: `${code}.csv` }, one.harvest)])
      if (one.before !== undefined) await town.harvest(code)
      if (one.next !== null) await town.write(`${code}.csv`, one.next)
      let robbed = 0
      for (let at = 1; ; at += 1) {
        const theft = await harvestRobbed(code, at, one.full === true)
        if (theft === undefined) break
        robbed += 1
        expect(theft.error, `${code} at ${at}`).toMatchObject({ code: 'RUN_FENCED' })
        expect(await everything(), `${code}: written after statement ${at}`).toEqual(theft.seen)
        await forget(code)
      }
      expect(robbed).toBeGreaterThan(8)
    },
    180_000,
  )
})

interface Theft {
  /** All there is in the store right after the theft. */
  readonly seen: unknown
  readonly error: unknown
}

/** Takes the run away as soon as it can be after its statement number `at`; undefined: it never could. */
async function harvestRobbed(code: string, at: number, full: boolean): Promise<Theft | undefined> {
  let statements = 0
  let seen: unknown
  const afterEach = async () => {
    statements += 1
    if (statements < at || seen !== undefined || !(await steal(code))) return
    seen = await everything()
  }
  const engine = { ...town.engine, pool: watched(town.database.pool, afterEach) }
  try {
    await harvestOnce(engine, code, { full })
    expect(seen, `${code}: the run went on without its right, from statement ${at}`).toBeUndefined()
    return undefined
  } catch (error) {
    if (seen === undefined) throw error
    return { seen, error }
  }
}

/** As a reaper does. False: there is no run to take, or it holds its own row until its transaction ends. */
async function steal(code: string): Promise<boolean> {
  try {
    const { rowCount } = await thief.query(
      `update guiji.run r set state = 'lost', fence = fence + 1, finished_at = now() from guiji.dataset d
       where d.id = r.dataset_id and d.code = $1 and r.state in ('running', 'publishing')`,
      [code],
    )
    return rowCount === 1
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '55P03') return false
    throw error
  }
}

/** A pool whose connections call back after every statement. */
function watched(pool: pg.Pool, after: () => Promise<void>): pg.Pool {
  // `pool.query` connects with a callback: that is not the run.
  const connect = (...callback: Parameters<pg.Pool['connect']>[]) =>
    callback.length > 0
      ? Reflect.apply(pool.connect, pool, callback)
      : pool.connect().then((client) => watchedClient(client, after))
  return Object.create(pool, { connect: { value: connect } })
}

function watchedClient(client: pg.PoolClient, after: () => Promise<void>): pg.PoolClient {
  const query = client.query.bind(client) as (...words: unknown[]) => unknown
  return Object.create(client, {
    query: {
      value: (...words: unknown[]) => {
        const answer = query(...words)
        return answer instanceof Promise ? answer.then((found) => after().then(() => found)) : answer
      },
    },
    release: { value: (error?: Error | boolean) => client.release(error) },
  })
}

/** The contents of all tables but the leases, which are nobody's account. */
async function everything(): Promise<Record<string, unknown>> {
  const { rows } = await thief.query<{ schema: string; name: string }>(
    `select schemaname as schema, tablename as name from pg_tables
     where schemaname in ('guiji', 'store', 'gone', 'load') and tablename <> 'lease' order by 1, 2`,
  )
  const contents: Record<string, unknown> = {}
  for (const { schema, name } of rows) {
    const table = await thief.query<{ row: string }>(
      `select t::text as row from ${quote(schema)}.${quote(name)} t order by 1`,
    )
    contents[`${schema}.${name}`] = table.rows.map(({ row }) => row)
  }
  return contents
}

/** As if the run that was taken away had never been: each theft meets the same run. */
async function forget(code: string): Promise<void> {
  await thief.query(
    `delete from guiji.reject r using guiji.dataset d where d.id = r.dataset_id and d.code = $1
       and r.first_run in (select id from guiji.run where state = 'lost')`,
    [code],
  )
  await thief.query(`update guiji.run set plan = plan - 'checkpoint' where state = 'lost'`)
  const { rows } = await thief.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'load'`,
  )
  for (const { name } of rows) await thief.query(`drop table load.${quote(name)}`)
}
