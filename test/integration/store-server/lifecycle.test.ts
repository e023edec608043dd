import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../../src/store/open-store.ts'
import { holdStore, nobodyLeft, postmasterOf, processesOf, until, workspace } from './workspace.ts'

const signal = AbortSignal.timeout(120_000)

test('the first to come starts the server, a second process finds it, the last one ends it', async () => {
  await using place = await workspace()
  const { directory } = place
  const store = await openStore({ directory, signal })
  const postmaster = await postmasterOf(directory)
  {
    await using other = await holdStore(directory)
    expect(other.url).toBe(store.url)
    expect(await postmasterOf(directory)).toBe(postmaster)
  }
  await store.pool.query('create table kept (n int8); insert into kept values (9007199254740993)')
  await store[Symbol.asyncDispose]()
  // No waiting here: what was closed is gone when closing returns.
  expect(await processesOf(directory)).toEqual([])

  await using again = await openStore({ directory, signal })
  expect(again.url).toBe(store.url)
  expect((await again.pool.query('select n from kept')).rows).toEqual([{ n: 9007199254740993n }])
})

test('the server is durable, local and as documented', async () => {
  await using place = await workspace()
  await using store = await openStore({ directory: place.directory, signal })
  expect(store).toMatchObject({ embedded: true, serverVersion: expect.stringMatching(/^18\.\d+$/) })
  const { rows } = await store.pool.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings',
  )
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toMatchObject({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_level: 'minimal',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    server_encoding: 'UTF8',
    TimeZone: 'UTC',
    DateStyle: 'ISO, YMD',
    search_path: 'public',
    jit: 'off',
    max_wal_size: '4096',
    checkpoint_timeout: '900',
  })
  const database = await store.pool.query(
    'select datlocprovider, datlocale from pg_database where datname = current_database()',
  )
  expect(database.rows).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8' }])
  const rules = await store.pool.query('select distinct auth_method from pg_hba_file_rules')
  expect(rules.rows).toEqual([{ auth_method: 'scram-sha-256' }])
  const { mode } = await stat(join(place.directory, '.guiji', 'store.json'))
  expect((mode & 0o777).toString(8)).toBe('600')
})

test('values arrive without losing digits, days or time zones', async () => {
  await using place = await workspace()
  await using store = await openStore({ directory: place.directory, signal })
  const { rows } = await store.pool.query(
    `select 9223372036854775807::int8 as big, '{1,null}'::int8[] as bigs, 0.10::numeric as exact,
            '{{1.50,2}}'::numeric[] as exacts, date '2025-06-20' as day, timestamp '2025-06-20 08:00' as local,
            timestamptz '2025-06-20 08:00+08' as instant`,
  )
  expect(rows).toEqual([
    {
      big: 9223372036854775807n,
      bigs: [1n, null],
      exact: '0.10',
      exacts: [['1.50', '2']],
      day: '2025-06-20',
      local: '2025-06-20 08:00:00',
      instant: new Date('2025-06-20T00:00:00Z'),
    },
  ])
})

test('four processes that start at once share one server', async () => {
  await using place = await workspace()
  const { directory } = place
  const holders = await Promise.all([1, 2, 3, 4].map(() => holdStore(directory)))
  expect(new Set(holders.map((holder) => holder.url)).size).toBe(1)
  expect(await Promise.all(holders.map((holder) => holder.finish()))).toEqual([0, 0, 0, 0])
  expect(await until(() => processesOf(directory), nobodyLeft)).toEqual([])
})

test('closing and opening by several users in turns always finds a store', async () => {
  await using place = await workspace()
  const { directory } = place
  const turns = async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      await using store = await openStore({ directory, signal })
      expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    }
  }
  await Promise.all([turns(), turns(), turns()])
  expect(await processesOf(directory)).toEqual([])
})

test('opening ends when its signal says so', async () => {
  await using place = await workspace()
  const abort = new AbortController()
  const opening = openStore({ directory: place.directory, signal: abort.signal })
  abort.abort(new Error('enough'))
  await expect(opening).rejects.toThrow('enough')
  await until(() => processesOf(place.directory), nobodyLeft)
})
