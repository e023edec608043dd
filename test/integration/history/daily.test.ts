import { afterAll, beforeAll, expect, it } from 'vitest'
import { dailyUpkeep } from '../../../src/history/daily.ts'
import { historyKept } from '../../../src/workspace/expand-catalog.ts'
import { type City, city } from '../harvest/city.ts'

let town: City
beforeAll(async () => {
  town = await city()
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const { signal } = new AbortController()
const upkeepOf = (zone: string) => dailyUpkeep(town.database.pool, { zone, keep: historyKept })

it('works once in a day of the zone, however often it is asked', async () => {
  const upkeep = upkeepOf('Asia/Shanghai')
  expect(await upkeep(new Date('2026-11-25T00:00:00Z'), signal)).toMatchObject({ made: [] })
  expect(await upkeep(new Date('2026-11-25T15:59:00Z'), signal)).toBeUndefined()
  expect(await upkeep(new Date('2026-11-25T16:00:00Z'), signal)).toMatchObject({ made: [] })
  expect(await upkeep(new Date('2026-11-25T16:01:00Z'), signal)).toBeUndefined()
})

it('tries again on the same day what failed', async () => {
  const { pool } = town.database
  const upkeep = upkeepOf('Asia/Shanghai')
  const now = new Date('2026-11-25T00:00:00Z')
  await pool.query('alter table guiji.history_month rename to mislaid')
  await expect(upkeep(now, signal)).rejects.toThrow('history_month')
  await pool.query('alter table guiji.mislaid rename to history_month')
  expect(await upkeep(now, signal)).toMatchObject({ made: [] })
})
