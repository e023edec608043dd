import type { Text } from '../connector.ts'
import type { Collected, Declared } from './collect.ts'
import type { Problem } from './problem.ts'
import { createProblem, formatPlace } from './problem.ts'

/** Schemas that guiji or PostgreSQL already has; a department's code becomes the name of a schema. */
export const reservedDepartments: readonly string[] = [
  'catalog',
  'gone',
  'guiji',
  'information_schema',
  'load',
  'public',
  'store',
]

/** Columns that every PostgreSQL table has of itself; an item's code becomes the name of a column. */
export const reservedItems: readonly string[] = ['cmax', 'cmin', 'ctid', 'tableoid', 'xmax', 'xmin']

const words = {
  department: { en: 'department', zh: '部门' },
  dataset: { en: 'dataset', zh: '共享信息' },
  source: { en: 'source', zh: '源系统' },
  item: { en: 'item', zh: '数据项' },
  calendar: { en: 'calendar', zh: '工作日历' },
} satisfies Record<string, Text>

/** Codes that are given twice, and codes that are not free. */
export function checkCodes(collected: Collected): Problem[] {
  const { declared } = collected
  return [
    ...codesGivenTwice(declared.departments, words.department),
    ...codesGivenTwice(declared.datasets, words.dataset),
    ...codesGivenTwice(declared.sources, words.source),
    ...codesGivenTwice(declared.calendars, words.calendar),
    ...declared.departments
      .filter(isReservedDepartment)
      .map((one) => reserved(one, words.department, [...reservedDepartments, 'pg_…'])),
    ...collected.datasets.flatMap((dataset) => {
      const items = dataset.value.items.map((item, index): Declared => {
        return {
          document: dataset.document,
          path: [...dataset.path, 'items', index, 'code'],
          code: item.code,
        }
      })
      return [
        ...codesGivenTwice(items, words.item),
        ...items
          .filter(({ code }) => reservedItems.includes(code))
          .map((one) => reserved(one, words.item, reservedItems)),
      ]
    }),
    ...harvestsGivenTwice(declared.harvests),
  ]
}

function codesGivenTwice(declared: readonly Declared[], kind: Text): Problem[] {
  return repeated(declared).map(([again, first]) =>
    createProblem(placeOf(again), 'CODE_TWICE', {
      found: again.code,
      expected: { en: 'a code of its own', zh: '不重复的代码' },
      other: formatPlace(placeOf(first)),
      kind,
    }),
  )
}

function harvestsGivenTwice(harvests: readonly Declared[]): Problem[] {
  return repeated(harvests).map(([again, first]) =>
    createProblem(placeOf(again), 'HARVEST_TWICE', {
      found: again.code,
      expected: { en: 'one harvest per dataset', zh: '每项共享信息一个归集任务' },
      other: formatPlace(placeOf(first)),
    }),
  )
}

/** Each later one with the first of its code. */
function repeated(declared: readonly Declared[]): [again: Declared, first: Declared][] {
  const firsts = new Map<string, Declared>()
  const again: [Declared, Declared][] = []
  for (const one of declared) {
    const first = firsts.get(one.code)
    if (first) again.push([one, first])
    else firsts.set(one.code, one)
  }
  return again
}

function reserved(one: Declared, kind: Text, all: readonly string[]): Problem {
  const expected = all.join(', ')
  return createProblem(placeOf(one), 'CODE_RESERVED', { found: one.code, kind, expected })
}

function isReservedDepartment({ code }: Declared): boolean {
  return reservedDepartments.includes(code) || code.startsWith('pg_')
}

function placeOf({ document, path }: Declared) {
  return document.placeOf(path)
}
