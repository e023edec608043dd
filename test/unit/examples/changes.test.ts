import { describe, expect, test } from 'vitest'
import { changesBetween } from '../../../examples/hengshui/generator/expected-changes.ts'
import { lifeOf } from '../../../examples/hengshui/generator/life.ts'
import { listingOn } from '../../../examples/hengshui/generator/listing.ts'
import { recordReader } from '../../../examples/hengshui/generator/records.ts'
import { datasets } from '../../../examples/hengshui/list/the-list.ts'
import type { Dataset } from '../../../examples/hengshui/list/types.ts'
import { type Fields, judge, validCitizenId, validCreditCode } from './judge-records.ts'

const scale = 60_000

/** The records a source shows on a day, as plain fields. */
function* recordsOn(dataset: Dataset, day: number, after = 0, size = scale): Generator<Fields> {
  const life = lifeOf(dataset, size)
  const read = recordReader(life, day)
  for (const entry of listingOn(life, day, after)) {
    const { values, ragged } = read(entry)
    yield ragged ? values.slice(0, -1) : [...values]
  }
}

/** What a harvest finds that saw every day from 1 to `to`, comparing record by record. */
function bruteForce(dataset: Dataset, to: number) {
  const gone = new Map<string, string>()
  let before = new Map<string, string>()
  for (let day = 1; day < to; day += 1) {
    const now = new Map(judge(dataset.items, recordsOn(dataset, day)).held)
    for (const [key, content] of before) if (!now.has(key)) gone.set(key, content)
    for (const key of now.keys()) gone.delete(key)
    before = now
  }
  const after = dataset.mode === 'append' ? to - 1 : 0
  const { held, rows, duplicates, rejected } = judge(dataset.items, recordsOn(dataset, to, after))
  const counts = { inserted: 0, updated: 0, unchanged: 0, restored: 0 }
  for (const [key, content] of held) {
    const known = before.get(key) ?? gone.get(key)
    if (known === undefined) counts.inserted += 1
    else counts[known === content ? 'unchanged' : 'updated'] += 1
    if (gone.has(key)) counts.restored += 1
  }
  const deleted = dataset.mode === 'append' ? 0 : [...before.keys()].filter((key) => !held.has(key)).length
  return { rows, ...counts, deleted, duplicates, rejected, heldBefore: before.size }
}

function declared(dataset: Dataset, day: number) {
  const {
    dataset: _code,
    day: _day,
    heldAfter: _after,
    rejected,
    ...counts
  } = changesBetween(dataset, day - 1, day, scale)
  const numbers = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]))
  return {
    ...numbers,
    rejected: Object.fromEntries(Object.entries(rejected).map(([name, count]) => [name, Number(count)])),
  }
}

describe.each(datasets)('$code', (dataset) => {
  test.each([1, 2, 5])(
    'the declared changes of day %i are those a comparison of all records finds',
    (day) => {
      expect(declared(dataset, day)).toEqual(bruteForce(dataset, day))
    },
  )
})

test('the accounts of every dataset balance, day by day', () => {
  for (const dataset of datasets) {
    let held = 0n
    for (const day of [1, 2, 3, 4]) {
      const changes = changesBetween(dataset, day - 1, day, 20_000)
      const rejected = Object.values(changes.rejected).reduce((sum, count) => sum + count, 0n)
      const accepted = changes.inserted + changes.updated + changes.unchanged
      expect(changes.rows).toBe(accepted + rejected + changes.duplicates)
      expect(changes.heldBefore).toBe(held)
      held = changes.heldBefore + changes.inserted + changes.restored - changes.deleted
      expect(changes.heldAfter).toBe(held)
    }
  }
})

test('a day changes about one in a hundred records, and all kinds of dirt and change occur', () => {
  const sum = { rows: 0, updated: 0, deleted: 0, inserted: 0, duplicates: 0 }
  const reasons = new Set<string>()
  for (const dataset of datasets.filter((one) => one.mode !== 'append' && one.still !== true)) {
    const changes = changesBetween(dataset, 1, 2, 1_000_000)
    sum.rows += Number(changes.rows)
    sum.updated += Number(changes.updated)
    sum.deleted += Number(changes.deleted)
    sum.inserted += Number(changes.inserted)
    sum.duplicates += Number(changes.duplicates)
    for (const reason of Object.keys(changes.rejected)) reasons.add(reason)
  }
  expect(sum.updated / sum.rows).toBeGreaterThan(0.008)
  expect(sum.updated / sum.rows).toBeLessThan(0.012)
  expect(sum.deleted).toBeGreaterThan(500)
  expect(sum.inserted).toBeGreaterThan(1_000)
  expect(sum.duplicates).toBeGreaterThan(100)
  expect([...reasons].sort()).toEqual([
    'enum',
    'key-conflict',
    'pattern',
    'ragged',
    'required',
    'semantic',
    'type',
  ])
})

test('incremental and append datasets lose nothing, and every change has a later time of change', () => {
  for (const dataset of datasets.filter((one) => one.mode !== 'snapshot')) {
    expect(changesBetween(dataset, 3, 4, scale).deleted).toBe(0n)
    if (dataset.mode !== 'incremental') continue
    const key = dataset.items.findIndex((item) => item.key === true)
    const before = new Map([...recordsOn(dataset, 3)].map((fields) => [fields[key], fields]))
    const latest =
      [...before.values()]
        .map((fields) => fields.at(-1) ?? '')
        .sort()
        .at(-1) ?? ''
    for (const fields of recordsOn(dataset, 4)) {
      const known = before.get(fields[key])
      if (known === undefined || known.join() !== fields.join()) {
        if (!((fields.at(-1) ?? '') > latest)) expect(fields.at(-1)).toBe(`later than ${latest}`)
      }
    }
  }
})

test('two readers, in any order, give the same records', () => {
  for (const dataset of datasets) {
    const life = lifeOf(dataset, 5_000)
    const entries = listingOn(life, 3)
    const forward = recordReader(life, 3)
    const texts = [...entries].map((entry) => forward(entry).values.join('|'))
    const backward = recordReader(life, 3)
    const again = [...entries].reverse().map((entry) => backward(entry).values.join('|'))
    expect(again.reverse()).toEqual(texts)
  }
})

/** Records of which nobody can say which they are: broken off, or with a wrong key. */
function withoutKey(dataset: Dataset, day: number): string[] {
  const key = dataset.items.findIndex((item) => item.key === true)
  const valid = { idcard: validCitizenId, uscc: validCreditCode }[String(dataset.items[key]?.semantic)]
  return [...recordsOn(dataset, day, 0, 500_000)]
    .filter(
      (fields) => fields.length !== dataset.items.length || valid?.(narrow(fields[key] ?? '')) === false,
    )
    .map((fields) => fields.join('|'))
}

function narrow(text: string): string {
  return text.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
}

test('records without a readable key never come later than the first day, so deletions stay provable', () => {
  let found = 0
  for (const dataset of datasets.filter((one) => one.mode === 'snapshot' && one.dirt !== undefined)) {
    const first = new Set(withoutKey(dataset, 1))
    found += first.size
    for (const day of [2, 30])
      expect(withoutKey(dataset, day).filter((record) => !first.has(record))).toEqual([])
  }
  expect(found).toBeGreaterThan(50)
})
