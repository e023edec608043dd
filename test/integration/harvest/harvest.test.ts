import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf, openRejects, rowsOf, versionsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'

let town: City
beforeAll(async () => {
  town = await city()
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

describe('a harvest of a file', () => {
  it('loads, finds nothing new, then finds exactly what changed', async () => {
    const items = [
      { code: 'id', type: 'integer', key: true },
      { code: 'name', type: 'text' },
    ] as const
    await town.apply([datasetOf('people', items)], [harvestOf('people', { file: 'people.csv' })])
    await town.write('people.csv', 'id,name\n1,甲\n2,乙\n3,丙\n')
    expect(await town.harvest('people')).toMatchObject({ state: 'succeeded', inserted: '3', lane: 'bytes' })
    const before = await versionsOf(town.database.pool, 'people')

    await town.write('people.csv', 'id,name\n1,甲\n2,乙\n3,丙\n')
    expect(await town.harvest('people', { full: true })).toMatchObject({
      unchanged: '3',
      updated: '0',
      read: '3',
    })
    expect(await versionsOf(town.database.pool, 'people')).toEqual(before)

    await town.write('people.csv', 'id,name\n1,甲\n2,乙子\n4,丁\nx,戊\n')
    expect(await town.harvest('people')).toMatchObject({
      state: 'succeeded',
      inserted: '1',
      updated: '1',
      unchanged: '1',
      deleted: '0',
      rejected: '1',
    })
    expect(await openRejects(town.database.pool, 'people')).toMatchObject([{ reason: 'type', column: 'id' }])
    expect(await rowsOf(town.database.pool, 'store.people', ['id', 'name'])).toHaveLength(4)
    expect(await faultsOf(town.database.pool, 'people')).toEqual([])
  })
})
