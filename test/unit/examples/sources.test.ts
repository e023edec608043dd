import { createHmac, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lifeOf } from '../../../examples/hengshui/generator/life.ts'
import { listingOn } from '../../../examples/hengshui/generator/listing.ts'
import { recordReader } from '../../../examples/hengshui/generator/records.ts'
import { datasetByCode, datasets } from '../../../examples/hengshui/list/the-list.ts'
import type { Dataset } from '../../../examples/hengshui/list/types.ts'
import { type RunningSources, startSources } from '../../../examples/hengshui/systems/start-sources.ts'

const scale = 15_000
let directory = ''
let sources: RunningSources

function start(day: number): Promise<RunningSources> {
  return startSources({ directory, scale, day, signal: new AbortController().signal })
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'guiji-hengshui-'))
  sources = await start(1)
})
afterAll(async () => {
  await sources[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

/** Keys of what a source shows on a day. */
function keysOn(dataset: Dataset, day: number): string[] {
  const life = lifeOf(dataset, scale)
  const read = recordReader(life, day)
  const key = dataset.items.findIndex((item) => item.key === true)
  return [...listingOn(life, day)].map((entry) => read(entry).values[key] ?? '')
}

async function ask<Row extends pg.QueryResultRow>(dataset: Dataset, sql: string): Promise<Row[]> {
  if (dataset.source.kind !== 'postgres') throw new TypeError('not a database')
  const { database, user } = dataset.source
  const password = sources.environment[`HENGSHUI_${dataset.sourceCode.toUpperCase()}`] ?? ''
  const client = new pg.Client({ ...sources.addresses.database, database, user, password })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

/** All values of all rows of a table as text, sorted. */
async function tableRows(dataset: Dataset): Promise<string[]> {
  const columns = dataset.items.map((item) => `coalesce("${item.field}"::text, '')`)
  const rows = await ask<{ row: string }>(
    dataset,
    `select concat_ws('|', ${columns.join(', ')}) as row from ywk."${dataset.thing}"`,
  )
  return rows.map(({ row }) => row).sort()
}

function generatedRows(dataset: Dataset, day: number): string[] {
  const life = lifeOf(dataset, scale)
  const read = recordReader(life, day)
  const rows = [...listingOn(life, day)].map((entry) =>
    read(entry)
      .values.map((text, index) => (dataset.items[index]?.type === 'datetime' ? plainTime(text) : text))
      .join('|'),
  )
  return rows.sort()
}

/** PostgreSQL drops zeros at the end of a fraction. */
function plainTime(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

test('the databases show every table as generated, brought from day to day and back', async () => {
  const tables = datasets.filter((dataset) => dataset.source.kind === 'postgres')
  for (const day of [1, 3, 2]) {
    await sources.advance(day)
    for (const dataset of tables) expect(await tableRows(dataset)).toEqual(generatedRows(dataset, day))
  }
})

test('readers read, and nothing else', async () => {
  const register = datasetByCode('household_register')
  await expect(ask(register, 'delete from ywk.rk_hjrk')).rejects.toThrow(/permission denied/)
  await expect(ask(register, 'select * from example.shown')).rejects.toThrow(/permission denied/)
  const [comment] = await ask<{ text: string }>(
    register,
    `select col_description('ywk.rk_hjrk'::regclass, 1) as text`,
  )
  expect(comment?.text).toBe('公民身份号码')
})

interface Page {
  readonly data?:
    | { readonly total: number; readonly rows: readonly object[] }
    | readonly Record<string, string>[]
  readonly nextCursor?: string | null
  readonly items?: readonly Record<string, string>[]
  readonly total?: number
  readonly result?: { readonly count: number; readonly list: readonly Record<string, string>[] }
}

async function get(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; etag: string | null; body: Page }> {
  const response = await fetch(sources.addresses.api + path, { headers })
  const text = await response.text()
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    body: text === '' ? {} : JSON.parse(text),
  }
}

function secret(department: string): string {
  return sources.environment[`HENGSHUI_${department.toUpperCase()}_API`] ?? ''
}

test('the cursor interface gives every record once, behind its token', async () => {
  const headers = { authorization: `Bearer ${secret('education')}` }
  await sources.advance(2)
  const dataset = datasetByCode('student_status')
  const keys: string[] = []
  let cursor = ''
  do {
    const { body } = await get(`/education/students?size=100${cursor}`, headers)
    if (!Array.isArray(body.data)) throw new TypeError('no list')
    keys.push(...body.data.map((record) => String(record.sfzh)))
    cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : ''
  } while (cursor !== '')
  expect(keys).toEqual(keysOn(dataset, 2))
  expect((await get('/education/students', {})).status).toBe(401)
  expect((await get('/education/nothing', headers)).status).toBe(404)
  expect((await get('/education/students?size=0', headers)).status).toBe(400)
})

test('the signed interface takes a signature once', async () => {
  const path = '/housing_construction/qualifications?pageNo=1&pageSize=1000'
  const [timestamp, nonce] = [String(Date.now()), randomUUID()]
  const sign = (key: string) =>
    createHmac('sha256', key).update(['GET', path, timestamp, nonce].join('\n')).digest('hex')
  const headers = (key: string) => ({
    'x-key-id': 'guiji-hengshui',
    'x-timestamp': timestamp,
    'x-nonce': nonce,
    'x-signature': sign(key),
  })
  expect((await get(path, headers('wrong'))).status).toBe(401)
  const { status, body } = await get(path, headers(secret('housing_construction')))
  expect([status, body.result?.list.length]).toEqual([200, body.result?.count])
  expect((await get(path, headers(secret('housing_construction')))).status).toBe(401)
})

test('a resource on one page is known by its ETag', async () => {
  const headers = { authorization: `Bearer ${secret('market_regulation')}` }
  const path = '/market_regulation/drug-licences?page=1&size=1000'
  const { etag } = await get(path, headers)
  expect(etag).toMatch(/^"/)
  expect((await get(path, { ...headers, 'if-none-match': etag ?? '' })).status).toBe(304)
})

test('too many requests at once are told to wait', async () => {
  const headers = { 'x-api-key': secret('transport') }
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => get('/transport/taxis?limit=1', headers)),
  )
  const statuses = new Set(answers.map((answer) => answer.status))
  expect(statuses).toEqual(new Set([200, 429]))
})

test('a second start finds ports and data as they were', async () => {
  const before = sources.addresses
  await sources[Symbol.asyncDispose]()
  sources = await start(2)
  expect(sources.addresses).toEqual(before)
  const dataset = datasetByCode('company')
  expect(await tableRows(dataset)).toEqual(generatedRows(dataset, 2))
})
