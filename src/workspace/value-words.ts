import type { Text } from '../connector.ts'
import type { SchemaError } from './schema-validator.ts'

const typeWords: Readonly<Record<string, Text>> = {
  string: { en: 'a text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  integer: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: ' true 或 false' },
  array: { en: 'a list', zh: '列表' },
  object: { en: 'a set of properties', zh: '一组属性' },
  null: { en: 'nothing', zh: '空值' },
}

/** JSON Schema type names in words. */
export function describeTypes(types: readonly string[]): Text {
  const words = types.map((type) => typeWords[type] ?? { en: type, zh: type })
  return { en: words.map((one) => one.en).join(' or '), zh: words.map((one) => one.zh).join('或') }
}

/** A value of the wrong type: scalars as they are, the rest by kind. */
export function describeValue(value: unknown): string | Text {
  if (value === null || value === undefined) return describeTypes(['null'])
  if (Array.isArray(value)) return describeTypes(['array'])
  if (typeof value === 'object') return describeTypes(['object'])
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** What a schema keyword other than type and enum asks for. */
export function describeBound(error: SchemaError, schema: Readonly<Record<string, unknown>>): string | Text {
  const limit = String(error.params.limit ?? '')
  switch (error.keyword) {
    case 'minLength':
      return { en: `at least ${limit} character(s)`, zh: `至少 ${limit} 个字符` }
    case 'maxLength':
      return { en: `at most ${limit} characters`, zh: `至多 ${limit} 个字符` }
    case 'minItems':
    case 'minProperties':
      return { en: `at least ${limit} entry`, zh: `至少 ${limit} 项` }
    case 'uniqueItems':
      return { en: 'every entry once', zh: '各项不重复' }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${String(error.params.comparison)} ${limit}`
    default:
      return describedIn(schema) ?? error.message ?? error.keyword
  }
}

function describedIn(schema: Readonly<Record<string, unknown>>): Text | undefined {
  const { description: en, 'description:zh': zh } = schema
  return typeof en === 'string' ? { en, zh: typeof zh === 'string' ? zh : en } : undefined
}
