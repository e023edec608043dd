import { expect, test } from 'vitest'
import { testDatabase } from '../../setup/database.ts'

test('a test database has the control tables and is its own', async () => {
  await using second = await testDatabase()
  const first = await testDatabase()
  await first.pool.query('create table only_here (n int8)')
  const found = await second.pool.query(
    `select to_regclass('only_here') as here, to_regclass('guiji.migration') as control`,
  )
  expect(found.rows).toEqual([{ here: null, control: 'guiji.migration' }])
  await first[Symbol.asyncDispose]()
  const left = await second.pool.query('select from pg_database where datname = $1', [
    new URL(first.url).pathname.slice(1),
  ])
  expect(left.rowCount).toBe(0)
})
