import { expect, test } from 'vitest'
import { cycles } from '../../../catalog-schema/vocabulary/cycles.ts'
import { defaultScale, lifeOf } from '../../../examples/hengshui/generator/life.ts'
import { counties, townships, villages } from '../../../examples/hengshui/generator/places.ts'
import { datasets, departments } from '../../../examples/hengshui/list/the-list.ts'

test('the list has 15 departments and 123 datasets, each with its own code and name', () => {
  expect(departments).toHaveLength(15)
  expect(datasets).toHaveLength(123)
  expect(new Set(departments.map((department) => department.code)).size).toBe(15)
  expect(new Set(datasets.map((dataset) => dataset.code)).size).toBe(123)
  expect(new Set(datasets.map((dataset) => dataset.resourceCode)).size).toBe(123)
  expect(new Set(datasets.map((dataset) => `${dataset.sourceCode}/${dataset.thing}`)).size).toBe(123)
})

test('every cycle word is used, and no other', () => {
  const words = new Set(datasets.map((dataset) => dataset.cycle))
  expect([...words].sort()).toEqual(
    Object.values(cycles)
      .map((cycle) => cycle.zh)
      .sort(),
  )
})

test.each(datasets)('$code has a key, items of one code and one field each', (dataset) => {
  const { items } = dataset
  expect(items.some((item) => item.key === true)).toBe(true)
  expect(new Set(items.map((item) => item.code)).size).toBe(items.length)
  expect(new Set(items.map((item) => item.field)).size).toBe(items.length)
  expect(new Set(items.map((item) => item.name)).size).toBe(items.length)
  expect(items.filter((item) => item.key === true).every((item) => item.required === true)).toBe(true)
})

test('sharing follows Decree 809: conditional with scope and purpose, not shared with reason and basis', () => {
  const types = new Map<string, number>()
  for (const dataset of datasets) {
    const sharing = dataset.sharing ?? dataset.department.sharing
    types.set(sharing.type, (types.get(sharing.type) ?? 0) + 1)
    if (sharing.type === 'conditional') expect([sharing.scope, sharing.purpose]).not.toContain(undefined)
    if (sharing.type === 'none') expect([sharing.reason, sharing.legalBasis]).not.toContain(undefined)
  }
  expect(types.get('none')).toBe(4)
  expect(types.get('conditional')).toBeGreaterThan(30)
  expect(types.get('unconditional')).toBeGreaterThan(30)
})

test('the default scale gives at least a million records, from all kinds of systems', () => {
  const shares = new Map<string, number>()
  let total = 0
  for (const dataset of datasets) {
    const { initial } = lifeOf(dataset, defaultScale)
    shares.set(dataset.source.kind, (shares.get(dataset.source.kind) ?? 0) + initial)
    total += initial
  }
  expect(total).toBeGreaterThanOrEqual(1_000_000)
  const percent = (kind: string): number => Math.round(((shares.get(kind) ?? 0) * 100) / total)
  expect([...shares.keys()].sort()).toEqual(['csv', 'excel', 'http-json', 'json', 'postgres'])
  expect(percent('postgres')).toBeGreaterThan(50)
  expect(percent('csv')).toBeGreaterThan(20)
  expect(percent('http-json')).toBeGreaterThan(8)
})

test('the divisions are the real ones of Hengshui, each below a known one', () => {
  expect([counties.length, townships.length, villages.length]).toEqual([13, 129, 5118])
  const known = new Set([...counties, ...townships].map((division) => division.code))
  expect(counties.every((county) => county.code.startsWith('1311'))).toBe(true)
  expect(townships.filter((town) => !known.has(town.code.slice(0, 6)))).toEqual([])
  expect(villages.filter((village) => !known.has(village.code.slice(0, 9)))).toEqual([])
})
