import { describe, expect, test } from 'vitest'
import calendarSchema from '../../../catalog-schema/documents/calendar.schema.json' with { type: 'json' }
import departmentSchema from '../../../catalog-schema/documents/department.schema.json' with { type: 'json' }
import harvestSchema from '../../../catalog-schema/documents/harvest.schema.json' with { type: 'json' }
import sourceSchema from '../../../catalog-schema/documents/source.schema.json' with { type: 'json' }
import waiverSchema from '../../../catalog-schema/documents/waiver.schema.json' with { type: 'json' }
import workspaceSchema from '../../../catalog-schema/documents/workspace.schema.json' with { type: 'json' }
import { itemTypes } from '../../../catalog-schema/vocabulary/item-types.ts'
import { semanticTypes } from '../../../catalog-schema/vocabulary/semantic-types.ts'
import { sharingTypes } from '../../../catalog-schema/vocabulary/sharing.ts'
import { readWord, vocabularies, wordsOf } from '../../../catalog-schema/vocabulary/words.ts'

const schemas = {
  workspaceSchema,
  departmentSchema,
  sourceSchema,
  harvestSchema,
  calendarSchema,
  waiverSchema,
}

interface Node {
  readonly path: string
  readonly schema: Readonly<Record<string, unknown>>
}

/** Every schema below this one, with the path of property names that leads to it. */
function nodesOf(schema: unknown, path: string): Node[] {
  if (typeof schema !== 'object' || schema === null) return []
  if (Array.isArray(schema)) return schema.flatMap((one, index) => nodesOf(one, `${path}/${index}`))
  const node = { path, schema: schema as Record<string, unknown> }
  return [node, ...Object.entries(schema).flatMap(([name, value]) => nodesOf(value, `${path}/${name}`))]
}

describe.each(Object.entries(schemas))('%s', (_, root) => {
  const nodes = nodesOf(root, '')

  test('titles every property in English and Chinese', () => {
    const untitled = nodes
      .filter(({ path }) => /\/properties\/[^/]+$/.test(path))
      .filter(
        ({ schema }) => typeof schema.title !== 'string' || !/[一-龥]|Cron/.test(String(schema['title:zh'])),
      )
    expect(untitled.map(({ path }) => path)).toEqual([])
  })

  test('lets no property in that it does not know', () => {
    const open = nodes
      .filter(({ path, schema }) => schema.properties && !/\/(if|then)$/.test(path))
      .filter(({ schema }) => schema.additionalProperties !== false)
    expect(open.map(({ path }) => path)).toEqual([])
  })
})

test('the nine fields of the regulation are required', () => {
  const { dataset } = departmentSchema.$defs
  expect(departmentSchema.required).toContain('department')
  expect(dataset.required).toEqual(
    expect.arrayContaining(['name', 'items', 'format', 'commitment', 'sharing', 'grading']),
  )
  expect(dataset.properties.commitment.required).toEqual(['cycle'])
  expect(dataset.properties.sharing.required).toEqual(['type', 'methods', 'conditions'])
  expect(dataset.properties.grading.required).toEqual(['class', 'level'])
})

test('schemas and vocabularies hold the same words', () => {
  const { item, dataset } = departmentSchema.$defs
  expect(item.properties.type.enum).toEqual(Object.keys(itemTypes))
  expect(item.properties.semantic.enum).toEqual(Object.keys(semanticTypes))
  const conditions = dataset.properties.sharing.allOf.map((one) => new Set(one.if.properties.type.enum))
  const allWords = (code: 'conditional' | 'none') =>
    new Set<string>([code, sharingTypes[code].zh, sharingTypes[code].en, ...sharingTypes[code].words])
  expect(conditions).toEqual([allWords('conditional'), allWords('none')])
})

test.each(Object.keys(vocabularies) as (keyof typeof vocabularies)[])(
  '%s: a word has one meaning',
  (name) => {
    const meanings = new Map<string, Set<string>>()
    for (const [code, entry] of Object.entries(vocabularies[name])) {
      for (const word of [code, entry.zh, entry.en, ...entry.words]) {
        const key = word.toLowerCase()
        meanings.set(key, (meanings.get(key) ?? new Set()).add(code))
      }
    }
    expect([...meanings].filter(([, codes]) => codes.size > 1)).toEqual([])
    for (const word of wordsOf(name)) expect(readWord(name, word)).toBeDefined()
    expect(readWord(name, '')).toBeUndefined()
  },
)
