/** What a JSON Schema says of each property it describes, as rows of a reference. */
import type { JsonSchema } from '../src/connector.ts'

export interface SchemaRow {
  /** As written in a document: `datasets[].items[].code`, `items.<name>.from`. */
  readonly path: string
  readonly type: string
  /** `yes`, or the condition under which it is required; empty: it may be left out. */
  readonly required: string
  readonly title: string
  readonly titleZh: string
  /** Allowed values, default, form. */
  readonly values: string
}

/** The rows of every property below `schema`, in the schema's order. */
export function schemaRows(schema: JsonSchema): SchemaRow[] {
  return below(schema, '', schema)
}

function below(schema: JsonSchema, path: string, root: JsonSchema): SchemaRow[] {
  const properties = Object.entries(part(schema.properties))
  return properties.flatMap(([name, given]) => {
    const property = resolve(part(given), root)
    const at = path === '' ? name : `${path}.${name}`
    return [rowOf(property, at, requiredWords(schema, name)), ...inside(property, at, root)]
  })
}

/** What a property holds: properties of its own, a list of things, or things by name. */
function inside(property: JsonSchema, path: string, root: JsonSchema): SchemaRow[] {
  const rows = below(property, path, root)
  if (property.items !== undefined)
    rows.push(...below(resolve(part(property.items), root), `${path}[]`, root))
  const named = resolve(part(property.additionalProperties), root)
  if (Object.keys(named).length > 0) rows.push(...below(named, `${path}.<name>`, root))
  return rows
}

function rowOf(property: JsonSchema, path: string, required: string): SchemaRow {
  return {
    path,
    type: typeWords(property),
    required,
    title: words(property.title),
    titleZh: words(property['title:zh']),
    values: valueWords(property),
  }
}

function typeWords(property: JsonSchema): string {
  const types = [property.type].flat().filter((type) => typeof type === 'string')
  if (types.length === 0) return typesOf(list(property.enum ?? [property.const])).join(' or ')
  return types.map((type) => (type === 'array' ? 'list' : type)).join(' or ')
}

function typesOf(values: readonly unknown[]): string[] {
  return [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))]
}

/** `yes`; or where the schema requires it only in some of its branches, what those are. */
function requiredWords(schema: JsonSchema, name: string): string {
  if (list(schema.required).includes(name)) return 'yes'
  const conditions = [...conditional(schema, name), ...choice(schema, name)]
  return conditions.join('; ')
}

function conditional(schema: JsonSchema, name: string): string[] {
  return list(schema.allOf).flatMap((branch) => {
    const { if: given, then } = part(branch)
    return list(part(then).required).includes(name) ? [`where ${constants(part(given), schema)}`] : []
  })
}

/** Branches of `oneOf` or `anyOf`: by the constant that names them, or by what else they require. */
function choice(schema: JsonSchema, name: string): string[] {
  const branches = [...list(schema.oneOf), ...list(schema.anyOf)].map(part)
  const others = branches.filter((branch) => !list(branch.required).includes(name))
  return branches.flatMap((branch) => {
    if (!list(branch.required).includes(name)) return []
    const named = constants(branch, schema)
    if (named !== '') return [`where ${named}`]
    return [
      `unless ${others.map((other) => list(other.required).join(', ') || constants(other, schema)).join(' or ')}`,
    ]
  })
}

/** `kind is "bearer" or "key"`. Of a closed list of words the first one, the code, is enough. */
function constants(branch: JsonSchema, schema: JsonSchema): string {
  return Object.entries(part(branch.properties))
    .map(([name, property]) => ({ name, values: constantValues(part(property)) }))
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => {
      const hasSynonyms = part(part(schema.properties)[name]).vocabulary !== undefined
      return `${name} is ${values
        .slice(0, hasSynonyms ? 1 : undefined)
        .map(code)
        .join(' or ')}`
    })
    .join(', ')
}

function constantValues(property: JsonSchema): readonly unknown[] {
  return property.const === undefined ? list(property.enum) : [property.const]
}

function valueWords(property: JsonSchema): string {
  const described = [
    ...(Array.isArray(property.enum) ? [[...new Set(property.enum.map(code))].join(', ')] : []),
    ...(typeof property.vocabulary === 'string'
      ? [`a word of [${property.vocabulary}](#${property.vocabulary.toLowerCase()})`]
      : []),
    ...(property.secret === true ? ['secret: only `env:NAME` or `file:/path`'] : []),
    ...(typeof property.description === 'string' ? [property.description.trim()] : patternWords(property)),
    ...rangeWords(property),
    ...(property.default === undefined ? [] : [`default ${code(property.default)}`]),
  ]
  return described.join('; ')
}

function patternWords({ pattern }: JsonSchema): string[] {
  return typeof pattern === 'string' ? [`matches ${code(pattern)}`] : []
}

function rangeWords(property: JsonSchema): string[] {
  const limits = [
    ['minimum', 'at least'],
    ['exclusiveMinimum', 'more than'],
    ['maximum', 'at most'],
    ['maxLength', 'characters: at most'],
  ] as const
  return limits.flatMap(([keyword, text]) =>
    property[keyword] === undefined ? [] : [`${text} ${String(property[keyword])}`],
  )
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref: reference, ...own } = schema
  if (typeof reference !== 'string') return schema
  const target = reference
    .replace(/^#\//, '')
    .split('/')
    .reduce((found, name) => part(found[name]), root)
  if (Object.keys(target).length === 0) throw new TypeError(`${reference} leads nowhere`)
  return { ...target, ...own }
}

function part(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``
}
