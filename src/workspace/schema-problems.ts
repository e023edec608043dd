import type { VocabularyName } from '../../catalog-schema/vocabulary/words.ts'
import { titlesOf, wordsOf } from '../../catalog-schema/vocabulary/words.ts'
import type { Text } from '../connector.ts'
import { holdsPassword, timeZones } from './formats.ts'
import { nearestWord } from './nearest-word.ts'
import type { ParsedDocument, Path } from './parse-document.ts'
import type { Problem } from './problem.ts'
import { createProblem, excerpt } from './problem.ts'
import { isChoiceOfProperties, mostTelling } from './schema-branches.ts'
import type { SchemaError } from './schema-validator.ts'
import { describeBound, describeTypes, describeValue } from './value-words.ts'

/** A problem of one document and the path it concerns. */
export interface LocatedProblem {
  readonly path: Path
  readonly problem: Problem
}

/** Turns what ajv found below `base` of a document into problems with places, values and the nearest valid words. */
export function schemaProblems(
  document: ParsedDocument,
  base: Path,
  errors: readonly SchemaError[],
): LocatedProblem[] {
  return mostTelling(errors).map((error) => {
    const path = [...base, ...readPointer(error.instancePath, document, base)]
    return { path, problem: problemOf({ document, path, error, schema: schemaOf(error) }) }
  })
}

/** `datasets[0].sharing.type`, as an administrator would point at it. */
export function showPath(path: Path): string | Text {
  if (path.length === 0) return { en: 'the document', zh: '文档' }
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

interface Found {
  readonly document: ParsedDocument
  readonly path: Path
  readonly error: SchemaError
  readonly schema: Readonly<Record<string, unknown>>
}

function problemOf(found: Found): Problem {
  switch (found.error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownProperty(found)
    case 'required':
    case 'dependentRequired':
      return missingProperty(found)
    case 'type':
      return wrongType(found)
    case 'secret':
      return secretLiteral(found)
    case 'enum':
    case 'const':
    case 'vocabulary':
      return unknownWord(found)
    case 'oneOf':
    case 'anyOf':
      return isChoiceOfProperties(found.error) ? choiceOfProperties(found) : wrongForm(found)
    default:
      return holdsPassword(String(found.error.data)) ? secretLiteral(found) : wrongForm(found)
  }
}

function secretLiteral(found: Found): Problem {
  const place = found.document.placeOf(found.path)
  return createProblem(place, 'SECRET_LITERAL', {
    ...subject(found),
    found: '***',
    expected: 'env:NAME, file:/path',
  })
}

function unknownProperty({ document, path, error, schema }: Found): Problem {
  const params: Readonly<Record<string, unknown>> = error.params
  const name = String(params.additionalProperty ?? params.unevaluatedProperty)
  const known = Object.keys(record(schema.properties))
  return createProblem(document.placeOfKey([...path, name]), 'PROPERTY_UNKNOWN', {
    found: excerpt(name),
    expected: known.join(', '),
    nearest: nearestWord(name, known),
    where: showPath(path),
  })
}

function missingProperty({ document, path, error, schema }: Found): Problem {
  const name = String(error.params.missingProperty)
  return createProblem(document.placeOf(path), 'PROPERTY_MISSING', {
    found: '',
    expected: name,
    title: titleOf(record(record(schema.properties)[name]), name),
    where: showPath(path),
  })
}

function choiceOfProperties({ document, path, error }: Found): Problem {
  const branches = (error.schema as { required: string[] }[]).map(({ required }) => required)
  const written = record(error.data)
  return createProblem(document.placeOf(path), 'PROPERTY_CHOICE', {
    found:
      branches
        .flat()
        .filter((name) => name in written)
        .join(', ') || '-',
    expected: {
      en: branches.map((names) => names.join(' + ')).join(', or '),
      zh: branches.map((names) => names.join(' + ')).join('，或 '),
    },
    where: showPath(path),
  })
}

function wrongType(found: Found): Problem {
  const { document, path, error, schema } = found
  const source = document.sourceOf(path)
  const types = [error.params.type].flat().map(String)
  const place = document.placeOf(path)
  if (schema.secret === true) return secretLiteral(found)
  const unquoted = typeof error.data === 'number' || typeof error.data === 'boolean'
  if (unquoted && types.includes('string')) {
    const written = excerpt(source ?? String(error.data))
    return createProblem(place, 'VALUE_TEXT', { ...subject(found), found: written, expected: `"${written}"` })
  }
  return createProblem(place, 'VALUE_TYPE', {
    ...subject(found),
    found: describeValue(error.data),
    expected: describeTypes(types),
  })
}

function unknownWord(found: Found): Problem {
  const { document, path, error } = found
  const written = String(error.data)
  const vocabulary = error.keyword === 'vocabulary' ? (error.schema as VocabularyName) : undefined
  const values = [error.params.allowedValues ?? error.params.allowedValue ?? []].flat().map(String)
  const words = vocabulary ? wordsOf(vocabulary) : [...new Set(values)]
  const expected = vocabulary
    ? { en: titlesOf(vocabulary, 'en').join(', '), zh: titlesOf(vocabulary, 'zh').join('、') }
    : words.join(', ')
  return createProblem(document.placeOf(path), 'WORD_UNKNOWN', {
    ...subject(found),
    found: excerpt(written),
    expected,
    nearest: nearestWord(written, words),
  })
}

function wrongForm(found: Found): Problem {
  const { document, path, error, schema } = found
  const written = found.schema.secret === true ? '***' : (document.sourceOf(path) ?? '')
  const zone = error.keyword === 'format' && error.params.format === 'time-zone'
  return createProblem(document.placeOf(path), 'VALUE_FORM', {
    ...subject(found),
    found: excerpt(written),
    expected: describeBound(error, schema),
    nearest: zone ? nearestWord(written, timeZones()) : undefined,
  })
}

function subject({ path, schema }: Found): { where: string | Text; title: string | Text } {
  return { where: showPath(path), title: titleOf(schema, String(path.at(-1) ?? '')) }
}

function titleOf(schema: Readonly<Record<string, unknown>>, fallback: string): string | Text {
  const { title, 'title:zh': zh } = schema
  return typeof title === 'string' ? { en: title, zh: typeof zh === 'string' ? zh : title } : fallback
}

function schemaOf(error: SchemaError): Readonly<Record<string, unknown>> {
  return record(error.parentSchema)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** A JSON pointer as a path; a part is an index where the document has a list there. */
function readPointer(pointer: string, document: ParsedDocument, base: Path): Path {
  let value: unknown = base.reduce<unknown>(child, document.value)
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
      const step = Array.isArray(value) ? Number(name) : name
      value = child(value, step)
      return step
    })
}

function child(value: unknown, part: string | number): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string | number, unknown>)[part]
    : undefined
}
