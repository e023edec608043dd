import { once } from 'node:events'
import { createServer } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SourceSession, TestStep } from '../../../../src/connector.ts'
import { type TestDatabase, testDatabase } from '../../../setup/database.ts'
import { type TestContext, testContext } from '../../http/context.ts'
import { sessionOf } from './session-of.ts'

let db: TestDatabase
const role = `guiji_reader_${process.pid}`
beforeAll(async () => {
  db = await testDatabase()
  await db.pool.query(`
    create table public.open (id integer primary key, name varchar(20) not null, d date);
    comment on table public.open is '公开';
    comment on column public.open.name is '名称';
    create table public.closed (id integer);
    create view public.half as select id from public.open;
    create role ${role} login password 'wr:ong@pass';
    grant select on public.open, public.half to ${role}`)
})
afterAll(async () => {
  await db.pool.query(`drop owned by ${role}; drop role ${role}`)
  await db[Symbol.asyncDispose]()
})

function urlWith(change: (url: URL) => void): string {
  const url = new URL(db.url)
  change(url)
  return url.href
}

function asReader(url: URL, password = 'wr:ong@pass'): void {
  url.username = role
  url.password = encodeURIComponent(password)
}

async function steps(session: SourceSession): Promise<TestStep[]> {
  return Array.fromAsync(session.test())
}

test('every step of a sound source is told', async () => {
  await using session = await sessionOf(urlWith((url) => asReader(url)))
  const told = await steps(session)
  expect(told.map((step) => [step.name.en, step.ok])).toEqual([
    ['name resolution', true],
    ['connection', true],
    ['sign-in', true],
    ['permission', true],
  ])
  expect(told[2]?.detail).toMatch(/PostgreSQL \d+/)
  expect(told[3]?.detail).toBe('2 tables and views can be read')
})

test('what may be read is discovered with titles, types and keys, and nothing else', async () => {
  await using session = await sessionOf(urlWith((url) => asReader(url)))
  const found = await Array.fromAsync(session.discover())
  expect(found.map((thing) => thing.name)).toEqual(['public.half', 'public.open'])
  expect(found[1]).toEqual({
    name: 'public.open',
    title: '公开',
    read: { table: 'public.open' },
    fields: [
      { name: 'id', sourceType: 'integer', type: 'integer', nullable: false, key: true },
      {
        name: 'name',
        title: '名称',
        sourceType: 'character varying(20)',
        type: 'text',
        nullable: false,
        key: false,
      },
      { name: 'd', sourceType: 'date', type: 'date', nullable: true, key: false },
    ],
  })
})

test.each([
  [
    'a wrong password',
    (url: URL) => asReader(url, 'not-the-pass'),
    'SOURCE_CREDENTIAL',
    'source-unreachable:credential',
    3,
  ],
  [
    'an unknown database',
    (url: URL) => {
      url.pathname = '/nowhere'
    },
    'SOURCE_DATABASE_UNKNOWN',
    'source-wrong:schema',
    3,
  ],
  [
    'a closed port',
    (url: URL) => {
      url.port = '1'
    },
    'SOURCE_REFUSED',
    'source-unreachable:refused',
    2,
  ],
  [
    'an unknown host',
    (url: URL) => {
      url.hostname = 'no-such-host.invalid'
    },
    'SOURCE_NAME_UNKNOWN',
    'source-unreachable:dns',
    1,
  ],
  [
    'a server without TLS',
    (url: URL) => {
      url.searchParams.set('sslmode', 'verify-full')
    },
    'SOURCE_TLS',
    'source-unreachable:tls',
    3,
  ],
] as const)('%s is told as what it is', async (_, change, code, cause, last) => {
  await using session = await sessionOf(urlWith(change))
  const told = await steps(session)
  expect(told).toHaveLength(last)
  expect(told.at(-1)).toMatchObject({ ok: false, cause, error: { code } })
  expect(JSON.stringify(told.map((step) => [step.detail, step.error?.message]))).not.toContain('not-the-pass')
  await expect(
    session.list({
      read: { table: 'public.open' },
      fields: [],
      onlyNew: false,
      signal: AbortSignal.timeout(10_000),
    }),
  ).rejects.toMatchObject({ code })
})

test('a table without the right to read it is told as that', async () => {
  await using session = await sessionOf(urlWith((url) => asReader(url)))
  const listing = session.list({
    read: { table: 'public.closed' },
    fields: [],
    onlyNew: false,
    signal: AbortSignal.timeout(10_000),
  })
  await expect(listing).rejects.toMatchObject({
    code: 'SOURCE_FORBIDDEN',
    details: { object: 'public.closed' },
  })
})

test('something else that listens on the port is no PostgreSQL', async () => {
  const server = createServer((socket) =>
    socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  try {
    await using session = await sessionOf(`postgres://u:p@127.0.0.1:${port}/d`)
    expect((await steps(session)).at(-1)).toMatchObject({ ok: false, error: { code: 'SOURCE_CLOSED' } })
  } finally {
    server.close()
  }
})

test('an address that cannot be read is refused without being shown', async () => {
  await expect(sessionOf('mysql://root:hunter22@host/db')).rejects.toMatchObject({
    code: 'SOURCE_CONFIG_INVALID',
  })
  await expect(sessionOf('mysql://root:hunter22@host/db')).rejects.not.toThrow(/hunter22/)
})

test('a server without a free connection is asked again, and given up after three more attempts', async () => {
  const crowded = `${role}_one`
  await db.pool.query(
    `create role ${crowded} login password 'a' connection limit 1; grant select on public.open to ${crowded}`,
  )
  const url = urlWith((one) => {
    one.username = crowded
    one.password = 'a'
  })
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  try {
    const patient = testContext()
    const released: TestContext = {
      ...patient,
      sleep: async (milliseconds, signal) => {
        await patient.sleep(milliseconds, signal)
        if (patient.waits.length === 2) await holder.end()
      },
    }
    const never = testContext()
    await using hopeless = await sessionOf(url, never)
    await expect(hopeless.list(listRequest)).rejects.toMatchObject({ code: 'SOURCE_BUSY' })
    expect(never.waits).toHaveLength(3)
    await using session = await sessionOf(url, released)
    await using listing = await session.list(listRequest)
    await Array.fromAsync(listing.batches())
    expect(listing.end().complete).toBe(true)
    expect(patient.waits).toHaveLength(2)
  } finally {
    await db.pool.query(`drop owned by ${crowded}; drop role ${crowded}`)
  }
})

test('a reading that is ended before its first record begins anew, one that gave records does not', async () => {
  const patient = testContext()
  await db.pool.query(`create table public.long as select n as id, repeat('x', 1000) as text
    from generate_series(1, 20000) n; grant select on public.long to ${role}`)
  await using session = await sessionOf(
    urlWith((one) => asReader(one)),
    patient,
  )
  const request = { ...listRequest, read: { table: 'public.long' } }
  await using early = await session.list(request)
  await endReadings()
  const batches = await Array.fromAsync(early.batches())
  expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(20_000)
  expect(early.end().complete).toBe(true)
  expect(patient.waits).toHaveLength(1)
  await using late = await session.list(request)
  const reading = late.batches()[Symbol.asyncIterator]()
  await reading.next()
  await endReadings()
  const rest = async () => {
    while ((await reading.next()).done !== true);
  }
  await expect(rest()).rejects.toMatchObject({ code: 'SOURCE_CLOSED' })
  expect(patient.waits).toHaveLength(1)
  expect(late.end().complete).toBe(false)
})

async function endReadings(): Promise<void> {
  await db.pool.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role])
}

const listRequest = {
  read: { table: 'public.open' },
  fields: ['id'],
  onlyNew: false,
  signal: new AbortController().signal,
}
