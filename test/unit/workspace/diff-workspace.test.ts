import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ItemDocument, Workspace } from '../../../catalog-schema/documents/documents.ts'
import { itemTypes } from '../../../catalog-schema/vocabulary/item-types.ts'
import { diffFields } from '../../../src/workspace/diff-fields.ts'
import { diffWorkspaces } from '../../../src/workspace/diff-workspace.ts'
import type { Dataset } from '../../../src/workspace/expand-catalog.ts'
import { formatChange } from '../../../src/workspace/format-change.ts'
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts'
import { connectorKinds } from './connector-kinds.ts'
import { smallWorkspace } from './written-workspace.ts'

let small: Workspace

beforeAll(async () => {
  const { workspace } = await loadWorkspace(smallWorkspace, connectorKinds)
  if (!workspace) throw new Error('the small workspace is not valid')
  small = workspace
})

/** The small workspace with one dataset changed. */
function withDataset(code: string, change: (dataset: Dataset) => Dataset): Workspace {
  return { ...small, datasets: small.datasets.map((one) => (one.code === code ? change(one) : one)) }
}

function withItem(code: string, change: Partial<ItemDocument>): Workspace {
  return withDataset('hukou', (dataset) => ({
    ...dataset,
    items: dataset.items.map((item) => (item.code === code ? { ...item, ...change } : item)),
  }))
}

function shown(before: Workspace | undefined, after: Workspace): string[] {
  return diffWorkspaces(before, after).flatMap((change) => formatChange(change, 'en'))
}

test('the first version adds everything, and creates a table per dataset', () => {
  expect(shown(undefined, small)).toEqual([
    '+ settings guiji 测试市政务数据归集',
    '+ department gongan 市公安局',
    '+ department minzheng 市民政局',
    '+ dataset hukou 户籍人口基本信息 (table is created)',
    '+ dataset inspection 社会组织年检结果 (table is created)',
    '+ dataset traffic_event 交通卡口过车信息 (table is created)',
    '+ source gongan_db 户籍系统数据库',
    '+ source minzheng_files 民政局文件交换目录',
    '+ harvest hukou',
    '+ harvest inspection',
  ])
})

test('a workspace does not differ from itself, wherever it lies', () => {
  expect(diffWorkspaces(small, { ...structuredClone(small), directory: '/elsewhere' })).toEqual([])
})

test('a changed commitment is told with what it was and becomes', () => {
  const after = withDataset('hukou', (dataset) => ({
    ...dataset,
    commitment: { ...dataset.commitment, cycle: 'weekly', grace: { workingDays: 2 } },
  }))
  expect(diffWorkspaces(small, after)).toEqual([
    {
      action: 'changed',
      subject: 'commitment',
      code: 'hukou',
      name: '户籍人口基本信息',
      fields: [
        { path: 'cycle', before: 'daily', after: 'weekly' },
        { path: 'grace.workingDays', before: undefined, after: 2 },
      ],
      losesData: false,
    },
  ])
  expect(shown(small, after)).toEqual([
    '~ commitment hukou 户籍人口基本信息',
    '    cycle: daily → weekly',
    '    grace.workingDays: ∅ → 2',
  ])
})

describe('what a change asks of the table', () => {
  const item = { code: 'phone', name: '电话', type: 'text', key: false, required: false } as const
  const without = (code: string) =>
    withDataset('hukou', (one) => ({ ...one, items: one.items.filter((each) => each.code !== code) }))
  const cases: readonly [string, () => Workspace, string[]][] = [
    [
      'an added item',
      () => withDataset('hukou', (one) => ({ ...one, items: [...one.items, item] })),
      ['+ item hukou.phone 电话 (column is added)'],
    ],
    ['a retired item', () => without('gender'), ['- item hukou.gender 性别 (column is retired, loses data)']],
    [
      'a widened item',
      () => withItem('birth_date', { type: 'datetime' }),
      ['~ item hukou.birth_date 出生日期 (column is widened)', '    type: date → datetime'],
    ],
    [
      'a retyped item',
      () => withItem('gender', { type: 'integer' }),
      ['~ item hukou.gender 性别 (column changes its type, loses data)', '    type: text → integer'],
    ],
    [
      'a new check',
      () => withItem('gender', { required: true }),
      ['~ item hukou.gender 性别', '    required: false → true'],
    ],
    [
      'another key',
      () => withItem('full_name', { key: true }),
      [
        '~ dataset hukou 户籍人口基本信息 (rows get another key)',
        '    key: citizen_id → citizen_id, full_name',
        '~ item hukou.full_name 姓名',
        '    key: false → true',
      ],
    ],
    [
      'items in another order',
      () => withDataset('hukou', (one) => ({ ...one, items: [...one.items].reverse() })),
      [
        '~ dataset hukou 户籍人口基本信息',
        '    items: citizen_id, full_name, birth_date, gender, updated_at → updated_at, gender, birth_date, full_name, citizen_id',
      ],
    ],
    [
      'other partitions',
      () => withDataset('traffic_event', (one) => ({ ...one, partition: { by: 'passed_at', every: 'day' } })),
      [
        '~ dataset traffic_event 交通卡口过车信息 (table is partitioned anew)',
        '    partition.every: month → day',
      ],
    ],
    [
      'a dropped dataset',
      () => ({ ...small, datasets: small.datasets.filter(({ code }) => code !== 'inspection') }),
      ['- dataset inspection 社会组织年检结果 (table is dropped, loses data)'],
    ],
  ]
  test.each(cases)('%s', (_, after, expected) => {
    expect(shown(small, after())).toEqual(expected)
  })

  test('only what is marked loses data', () => {
    const losing = (after: Workspace) => diffWorkspaces(small, after).some((change) => change.losesData)
    expect([losing(without('gender')), losing(withItem('gender', { type: 'integer' }))]).toEqual([true, true])
    expect(losing(withItem('birth_date', { type: 'text' }))).toBe(false)
  })
})

test('names that every object knows are names like others', () => {
  expect(diffFields({ map: {} }, { map: { constructor: '1' } })).toEqual([
    { path: 'map.constructor', before: undefined, after: '1' },
  ])
})

describe('for any two workspaces', () => {
  const text = fc.string({ maxLength: 4 })
  const code = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')
  const item: fc.Arbitrary<ItemDocument> = fc.record({
    code,
    name: text,
    type: fc.constantFrom(...(Object.keys(itemTypes) as ItemDocument['type'][])),
    key: fc.boolean(),
    required: fc.boolean(),
  })
  const dataset = fc
    .record({ code, name: text, items: fc.uniqueArray(item, { selector: (one) => one.code }) })
    .map((one): Dataset => ({ ...(small.datasets[0] as Dataset), ...one }))
  const workspace = fc
    .uniqueArray(dataset, { selector: (one) => one.code })
    .map((datasets): Workspace => ({ ...small, datasets }))

  test('nothing differs from itself', () => {
    fc.assert(fc.property(workspace, (one) => diffWorkspaces(one, structuredClone(one)).length === 0))
  })

  test('no difference is told exactly where they say the same', () => {
    fc.assert(
      fc.property(workspace, workspace, (one, other) => {
        const same = diffFields(keyed(one), keyed(other)).length === 0
        expect(diffWorkspaces(one, other).length === 0).toBe(same)
      }),
    )
  })

  test('what is added one way is removed the other', () => {
    const count = (from: Workspace, to: Workspace, action: string) =>
      diffWorkspaces(from, to).filter((change) => change.action === action).length
    fc.assert(
      fc.property(workspace, workspace, (one, other) => {
        expect(count(one, other, 'added')).toBe(count(other, one, 'removed'))
        expect(count(one, other, 'changed')).toBe(count(other, one, 'changed'))
      }),
    )
  })

  /** Order of datasets does not count; order of items does. */
  function keyed(one: Workspace): object {
    return { datasets: [...one.datasets].sort((a, b) => (a.code < b.code ? -1 : 1)) }
  }
})
