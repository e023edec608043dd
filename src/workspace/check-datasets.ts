import type { ItemDocument } from '../../catalog-schema/documents/documents.ts'
import type { ItemType } from '../../catalog-schema/vocabulary/item-types.ts'
import type { Text } from '../connector.ts'
import { unknownName } from './check-references.ts'
import type { Collected, Entry } from './collect.ts'
import type { Dataset } from './expand-catalog.ts'
import type { Path } from './parse-document.ts'
import type { Problem, ProblemDetails } from './problem.ts'
import { createProblem, excerpt } from './problem.ts'
import { readRule } from './rule-sql.ts'
import { showPath } from './schema-problems.ts'

export const itemWord: Text = { en: 'item', zh: '数据项' }

/** What a dataset says of its own items: limits that fit the type, a partition and rules over items that exist. */
export function checkDatasets(collected: Collected): Problem[] {
  return collected.datasets.flatMap((entry) => [
    ...sharingProblems(entry),
    ...entry.value.items.flatMap((item, index) => itemProblems(entry, ['items', index], item)),
    ...partitionProblems(entry),
    ...ruleProblems(entry),
  ])
}

/** Decree 809 Art. 15, also where the sharing type was written in a form that the schema's condition does not list. */
function sharingProblems(entry: Entry<Dataset>): Problem[] {
  const { sharing } = entry.value
  const needed = {
    unconditional: [],
    conditional: [
      ['scope', { en: 'Sharing scope', zh: '共享范围' }],
      ['purpose', { en: 'Purpose of use', zh: '使用用途' }],
    ],
    none: [
      ['reason', { en: 'Reason for not sharing', zh: '不予共享理由' }],
      ['legalBasis', { en: 'Legal basis for not sharing', zh: '不予共享依据' }],
    ],
  } as const
  return needed[sharing.type].flatMap(([property, title]) =>
    sharing[property] === undefined
      ? [at(entry, ['sharing'], 'PROPERTY_MISSING', { expected: property, title })]
      : [],
  )
}

const limitForms: Partial<Record<ItemType, { readonly form: RegExp; readonly words: Text }>> = {
  integer: { form: /^-?\d+$/, words: { en: 'a whole number', zh: '整数' } },
  decimal: { form: /^-?\d+(\.\d+)?$/, words: { en: 'a decimal number', zh: '小数' } },
  date: { form: /^\d{4}-\d{2}-\d{2}$/, words: { en: 'a date, YYYY-MM-DD', zh: '日期，YYYY-MM-DD' } },
  datetime: {
    form: /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/,
    words: { en: 'a date and time, YYYY-MM-DD HH:MM:SS', zh: '日期时间，YYYY-MM-DD HH:MM:SS' },
  },
  instant: {
    form: /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/,
    words: { en: 'an instant with its offset', zh: '带时区偏移的时刻' },
  },
  time: { form: /^\d{2}:\d{2}(:\d{2})?$/, words: { en: 'a time, HH:MM:SS', zh: '时刻，HH:MM:SS' } },
}

function itemProblems(entry: Entry<Dataset>, step: Path, item: ItemDocument): Problem[] {
  const problems: Problem[] = []
  const refuse = (property: keyof ItemDocument, expected: Text): void => {
    const path = [...step, property]
    const source = entry.document.sourceOf([...entry.path, ...path]) ?? String(item[property])
    problems.push(
      at(entry, path, 'VALUE_FORM', {
        found: excerpt(source),
        expected,
        title: titles[property] ?? property,
      }),
    )
  }
  const limit = limitForms[item.type]
  for (const property of ['min', 'max'] as const) {
    const value = item[property]
    if (value === undefined) continue
    if (!limit)
      refuse(property, { en: `no limit for the type ${item.type}`, zh: `类型 ${item.type} 不设上下限` })
    else if (!limit.form.test(value)) refuse(property, limit.words)
  }
  if (item.type !== 'decimal' && item.type !== 'integer' && item.precision !== undefined) {
    refuse('precision', { en: 'type: decimal beside it', zh: '与 type: decimal 同用' })
  }
  if (item.type !== 'decimal' && item.scale !== undefined) {
    refuse('scale', { en: 'type: decimal beside it', zh: '与 type: decimal 同用' })
  }
  if (item.type === 'decimal' && (item.scale ?? 0) > (item.precision ?? 1000)) {
    refuse('scale', { en: `at most the precision, ${item.precision}`, zh: `不大于总位数 ${item.precision}` })
  }
  if (item.type !== 'text' && item.maxLength !== undefined) {
    refuse('maxLength', { en: 'type: text beside it', zh: '与 type: text 同用' })
  }
  return problems
}

const titles: Partial<Record<keyof ItemDocument, Text>> = {
  min: { en: 'Lowest value', zh: '最小值' },
  max: { en: 'Highest value', zh: '最大值' },
  precision: { en: 'Digits in all', zh: '总位数' },
  scale: { en: 'Digits after the point', zh: '小数位数' },
  maxLength: { en: 'Longest text, in characters', zh: '最大长度（字符）' },
}

function partitionProblems(entry: Entry<Dataset>): Problem[] {
  const { partition, items } = entry.value
  if (!partition) return []
  const item = items.find(({ code }) => code === partition.by)
  const known = items.map(({ code }) => code)
  if (!item) return [unknownName(entry, ['partition', 'by'], partition.by, { known, kind: itemWord })]
  if (['date', 'datetime', 'instant'].includes(item.type)) return []
  return [
    at(entry, ['partition', 'by'], 'VALUE_FORM', {
      found: `${partition.by}: ${item.type}`,
      title: { en: 'Item to partition by', zh: '分区数据项' },
      expected: {
        en: 'an item of type date, datetime or instant',
        zh: '类型为 date、datetime 或 instant 的数据项',
      },
    }),
  ]
}

function ruleProblems(entry: Entry<Dataset>): Problem[] {
  const known = entry.value.items.map(({ code }) => code)
  return entry.value.rules.flatMap((rule, index) => {
    const step = ['rules', index, 'sql']
    const { names, unsafe } = readRule(rule.sql)
    if (unsafe) return [at(entry, step, 'RULE_UNSAFE', unsafe)]
    return names
      .filter((name) => !known.includes(name))
      .map((name) => unknownName(entry, step, name, { known, kind: itemWord }))
  })
}

function at(entry: Entry<unknown>, step: Path, code: Problem['code'], details: ProblemDetails): Problem {
  const path = [...entry.path, ...step]
  return createProblem(entry.document.placeOf(path), code, { where: showPath(path), ...details })
}
