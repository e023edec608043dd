import { stringify } from 'yaml'
import type { Discovered } from '../src/connector.ts'
import { uniqueCode } from '../src/init/transliterate.ts'
import { reservedItems } from '../src/workspace/check-codes.ts'

/**
 * A dataset and a harvest for what a source offers, ready to paste: items named and typed after the fields. What the
 * published list says and the source cannot know stands there as 待补.
 */
export function skeletonOf(found: Discovered, source: string): string {
  const name = plainName(found)
  const dataset = uniqueCode(name, new Set(), 40)
  const items = itemsOf(found)
  const catalog = { datasets: [datasetOf(dataset, name, items)] }
  const mapped = items.filter(({ item, field }) => item.code !== field)
  const harvest = {
    harvests: [
      {
        dataset,
        source,
        read: found.read,
        ...(mapped.length > 0 && {
          items: Object.fromEntries(mapped.map(({ item, field }) => [item.code, field])),
        }),
      },
    ],
  }
  return [
    '# catalog/<department>.yaml',
    markUnfinished(stringify(catalog, { lineWidth: 0 })),
    '# harvests/<department>.yaml',
    stringify(harvest, { lineWidth: 0 }),
  ].join('\n')
}

function datasetOf(code: string, name: string, items: readonly NamedItem[]): object {
  return {
    code,
    name,
    format: 'database',
    sharing: {
      type: '有条件共享',
      methods: ['批量交换'],
      conditions: '待补',
      scope: '待补',
      purpose: '待补',
    },
    grading: { class: '待补', level: '一般' },
    commitment: '每日',
    items: items.map(({ item }) => item),
  }
}

interface NamedItem {
  readonly field: string
  readonly item: { readonly code: string; readonly name: string }
}

function itemsOf({ fields }: Discovered): NamedItem[] {
  const taken = new Set(reservedItems)
  return fields.map((field) => {
    const code = uniqueCode(field.name, taken, 40)
    const item = {
      code,
      name: field.title ?? field.name,
      ...(field.type !== 'text' && { type: field.type }),
      ...(field.key && { key: true }),
      ...(!field.nullable && !field.key && { required: true }),
    }
    return { field: field.name, item }
  })
}

/** What a dataset is called after: the title, else the last part of a path or table name, without its ending. */
function plainName({ name, title }: Discovered): string {
  if (title !== undefined) return title
  const file = name.split('/').at(-1) ?? name
  const stem = file.replace(/\.(csv|txt|tsv|json|jsonl|ndjson|xlsx)\b/i, '')
  return stem.split('.').at(-1) ?? stem
}

/** The mark by which `guiji apply` lists what is left to fill in is a comment. */
function markUnfinished(yaml: string): string {
  return yaml.replace(/^(\s*(?:- )?\w+: )待补$/gm, '$1待补 # 待补')
}
