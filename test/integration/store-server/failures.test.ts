import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify, inspect as shown } from 'node:util'
import { expect, inject, test } from 'vitest'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { storeAddress, toStoreError } from '../../../src/store/server/connection-errors.ts'
import { refuseUnfit } from '../../../src/store/server/inspect.ts'
import { isRoot, processesOf, workspace } from './workspace.ts'

const signal = AbortSignal.timeout(120_000)
const run = promisify(execFile)

async function failureOf(work: Promise<unknown>): Promise<GuijiError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof GuijiError)) throw new Error(`not a GuijiError: ${shown(error)}`)
  return error
}

async function openAt(directory: string, url?: string): Promise<GuijiError> {
  return failureOf(openStore({ directory, url, signal }))
}

test('data of another PostgreSQL version are left alone', async () => {
  await using place = await workspace()
  const { directory } = place
  await (await openStore({ directory, signal }))[Symbol.asyncDispose]()
  const version = join(directory, '.guiji', 'pg', 'PG_VERSION')
  await writeFile(version, '17\n')
  const error = await openAt(directory)
  expect(error).toMatchObject({ code: 'STORE_OTHER_VERSION', details: { found: '17', needed: '18' } })
  expect(await processesOf(directory)).toEqual([])
})

test('a lost store.json is named, and nothing is made over the data', async () => {
  await using place = await workspace()
  const { directory } = place
  await (await openStore({ directory, signal }))[Symbol.asyncDispose]()
  const identity = join(directory, '.guiji', 'store.json')
  const text = await readFile(identity, 'utf8')
  await rm(identity)
  expect(await openAt(directory)).toMatchObject({
    code: 'STORE_IDENTITY_BROKEN',
    details: { path: identity },
  })
  await writeFile(identity, text.slice(0, -20))
  const broken = await openAt(directory)
  expect(broken.code).toBe('STORE_IDENTITY_BROKEN')
  expect(shown(broken)).not.toContain(JSON.parse(text).password)
})

test('a port that somebody else took is exchanged', async () => {
  await using place = await workspace()
  const { directory } = place
  const first = await openStore({ directory, signal })
  const { port } = new URL(first.url)
  await first[Symbol.asyncDispose]()
  const squatter = createServer().listen(Number(port), '127.0.0.1')
  try {
    await using store = await openStore({ directory, signal })
    expect(new URL(store.url).port).not.toBe(port)
    expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  } finally {
    squatter.close()
  }
})

test('a postmaster.pid whose number belongs to another process does not keep the store closed', async () => {
  await using place = await workspace()
  const { directory } = place
  await (await openStore({ directory, signal }))[Symbol.asyncDispose]()
  const file = join(directory, '.guiji', 'pg', 'postmaster.pid')
  await writeFile(file, `${process.pid}\n/proc/self/fd/3\n1\n5432\n\n127.0.0.1\n 1 2\nready   \n`)
  await using store = await openStore({ directory, signal })
  expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a first start that was interrupted is begun anew', async () => {
  await using place = await workspace()
  await mkdir(join(place.directory, '.guiji', 'pg.new', 'base'), { recursive: true })
  await writeFile(join(place.directory, '.guiji', 'pg.new', 'PG_VERSION'), '18\n')
  await using store = await openStore({ directory: place.directory, signal })
  expect(store.embedded).toBe(true)
})

test('a data directory that PostgreSQL cannot use is told with the end of its log', async () => {
  await using place = await workspace()
  const { directory } = place
  await (await openStore({ directory, signal }))[Symbol.asyncDispose]()
  await rm(join(directory, '.guiji', 'pg', 'global', 'pg_control'))
  const error = await openAt(directory)
  expect(error.code).toBe('STORE_START_FAILED')
  expect(error.details.log).toBe(join(directory, '.guiji', 'pg.log'))
  expect(shown(error.cause)).toContain('pg_control')
  expect(await processesOf(directory)).toEqual([])
})

test('a full disk is told, at the first start and in the middle of work', async ({ skip }) => {
  await using place = await workspace()
  const mount = async (size: string) => {
    await mkdir(join(place.directory, size))
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', join(place.directory, size)])
    return { directory: join(place.directory, size), [Symbol.asyncDispose]: () => unmount(size) }
  }
  const unmount = async (size: string) => void (await run('umount', ['-l', join(place.directory, size)]))
  if (!isRoot || (await mount('1m').catch(() => undefined)) === undefined) skip('cannot mount a small disk')
  await unmount('1m')

  await using small = await mount('20m')
  expect(await openAt(small.directory)).toMatchObject({ code: 'STORE_DISK_FULL' })
  expect(await processesOf(small.directory)).toEqual([])

  await using larger = await mount('110m')
  await using store = await openStore({ directory: larger.directory, signal })
  await store.pool.query('create table kept (n int); insert into kept values (1); create table big (t text)')
  const filling = store.pool
    .query(`insert into big select repeat(md5(n::text), 20) from generate_series(1, 300000) n`)
    .catch((error: unknown) => {
      throw toStoreError(error, storeAddress(store.url))
    })
  expect(['STORE_DISK_FULL', 'STORE_LOST']).toContain((await failureOf(filling)).code)
})

test('what is wrong with a server elsewhere is told without its password', async () => {
  await using place = await workspace()
  const at = (change: (url: URL) => void): string => {
    const url = new URL(inject('storeUrl'))
    url.password = 'hush-7131'
    change(url)
    return url.href
  }
  const cases: [string, string][] = [
    ['STORE_REFUSED_PASSWORD', at(() => {})],
    [
      'STORE_UNREACHABLE',
      at((url) => {
        url.port = '1'
      }),
    ],
    [
      'STORE_UNREACHABLE',
      at((url) => {
        url.hostname = 'no-such-host.invalid'
      }),
    ],
    ['STORE_URL_INVALID', 'postgresql://guiji:hush-7131/x@127.0.0.1:5432/guiji'],
    ['STORE_URL_INVALID', 'postgresql://guiji:12/hush-7131@127.0.0.1:5432/guiji'],
    ['STORE_URL_INVALID', 'mysql://guiji:hush-7131@127.0.0.1/guiji'],
    ['STORE_URL_INVALID', 'hush-7131'],
  ]
  for (const [code, url] of cases) {
    const error = await openAt(place.directory, url)
    expect(error.code).toBe(code)
    expect(shown(error, { depth: 9, showHidden: true })).not.toContain('hush')
    for (const language of ['en', 'zh'] as const) {
      expect(`${error.fact(language)} ${error.hint(language)}`).not.toMatch(/hush|[{}]/)
    }
  }
})

test('a database that is missing or not in UTF8 is refused', async () => {
  await using place = await workspace()
  const missing = new URL(inject('storeUrl'))
  missing.pathname = '/no_such_database'
  expect(await openAt(place.directory, missing.href)).toMatchObject({
    code: 'STORE_NO_DATABASE',
    details: { database: 'no_such_database' },
  })
  expect(() => refuseUnfit({ version: '18.4', number: '180004', encoding: 'SQL_ASCII' }, 'here')).toThrow(
    'STORE_NOT_UTF8',
  )
  expect(() => refuseUnfit({ version: '16.9', number: '160009', encoding: 'UTF8' }, 'here')).toThrow(
    'STORE_TOO_OLD: the store runs PostgreSQL 16.9, guiji needs 17 or newer',
  )
  expect(() => refuseUnfit({ version: '17.0', number: '170000', encoding: 'UTF8' }, 'here')).not.toThrow()
})

test('a server elsewhere is a store like the embedded one', async () => {
  await using place = await workspace()
  await using store = await openStore({ directory: place.directory, url: inject('storeUrl'), signal })
  expect(store.embedded).toBe(false)
  expect((await store.pool.query(`select 1::int8 as n, current_setting('timezone') as zone`)).rows).toEqual([
    { n: 1n, zone: 'UTC' },
  ])
})

test('a connection that the server ends, idle or between two statements, does not end the process', async () => {
  await using place = await workspace()
  await using store = await openStore({ directory: place.directory, url: inject('storeUrl'), signal })
  const busy = await store.pool.connect()
  const { rows } = await busy.query<{ pid: number }>('select pg_backend_pid() as pid')
  await store.pool.query('select pg_terminate_backend($1, 2000)', [rows[0]?.pid])
  await expect(busy.query('select 1')).rejects.toThrow()
  busy.release(true)
  expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})
