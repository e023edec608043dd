import { expect, test } from 'vitest'
import { openStore } from '../../../src/store/open-store.ts'
import {
  holdStore,
  keepersOf,
  nobodyLeft,
  postmasterOf,
  processesOf,
  serversOf,
  until,
  workspace,
} from './workspace.ts'

const signal = AbortSignal.timeout(120_000)

test('a killed process leaves neither server nor keeper behind', async () => {
  await using place = await workspace()
  const holder = await holdStore(place.directory)
  expect(await keepersOf(place.directory)).toHaveLength(1)
  holder.child.kill('SIGKILL')
  await until(() => processesOf(place.directory), nobodyLeft)
})

test('a killed keeper is replaced under a running process, and its server goes on', async () => {
  await using place = await workspace()
  const { directory } = place
  const store = await openStore({ directory, signal })
  const postmaster = await postmasterOf(directory)
  const long = store.pool.query('select pg_sleep(1), 7 as answer')
  const [keeper = 0] = await keepersOf(directory)
  process.kill(keeper, 'SIGKILL')
  await until(
    () => keepersOf(directory),
    (pids) => pids.length === 1 && !pids.includes(keeper),
  )
  expect((await long).rows).toMatchObject([{ answer: 7 }])
  expect(await postmasterOf(directory)).toBe(postmaster)
  await store[Symbol.asyncDispose]()
  expect(await processesOf(directory)).toEqual([])
})

test('a server left alone by a killed keeper and a killed process is taken over by the next', async () => {
  await using place = await workspace()
  const { directory } = place
  const holder = await holdStore(directory)
  holder.child.kill('SIGKILL')
  for (const keeper of await keepersOf(directory)) process.kill(keeper, 'SIGKILL')
  await until(() => keepersOf(directory), nobodyLeft)
  const postmaster = await postmasterOf(directory)
  const next = await openStore({ directory, signal })
  expect(await postmasterOf(directory)).toBe(postmaster)
  await next[Symbol.asyncDispose]()
  expect(await processesOf(directory)).toEqual([])
})

test('a killed server comes back on the same address with what was committed', async () => {
  await using place = await workspace()
  const { directory } = place
  const store = await openStore({ directory, signal })
  await store.pool.query('create table kept (n int); insert into kept values (1)')
  const inTransaction = await store.pool.connect()
  await inTransaction.query('begin; insert into kept values (2)')
  process.kill(await postmasterOf(directory), 'SIGKILL')

  const count = () =>
    store.pool.query('select n from kept').then(
      ({ rows }) => rows,
      () => [],
    )
  expect(await until(count, (rows) => rows.length > 0)).toEqual([{ n: 1 }])
  await expect(inTransaction.query('commit')).rejects.toThrow()
  inTransaction.release(true)
  await store[Symbol.asyncDispose]()
  expect(await processesOf(directory)).toEqual([])
})

test('a keeper asked to end stops the server', async () => {
  await using place = await workspace()
  const holder = await holdStore(place.directory)
  holder.child.kill('SIGKILL')
  for (const keeper of await keepersOf(place.directory)) process.kill(keeper, 'SIGTERM')
  await until(() => serversOf(place.directory), nobodyLeft)
})
