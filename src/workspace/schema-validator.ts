import type { ErrorObject } from 'ajv/dist/2020.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { VocabularyName } from '../../catalog-schema/vocabulary/words.ts'
import { readWord } from '../../catalog-schema/vocabulary/words.ts'
import type { JsonSchema } from '../connector.ts'
import { formats, isSecretReference } from './formats.ts'

export type SchemaError = ErrorObject

/** All that is wrong with a value; empty: it is valid. */
export type Validator = (value: unknown) => readonly SchemaError[]

/**
 * Compiles a schema with guiji's own keywords: `title:zh`, `vocabulary` (a word of a closed list) and `secret` (a
 * reference, never the value). A connector's schema is read leniently, since it may bring keywords of its own.
 */
export function createValidator(schema: JsonSchema, options: { strict: boolean }): Validator {
  const ajv = createAjv(options.strict)
  ajv.addKeyword({
    keyword: 'secret',
    type: 'string',
    schemaType: 'boolean',
    validate: (secret: boolean, text: string) => !secret || isSecretReference(text),
  })
  const validate = ajv.compile(schema)
  return (value) => (validate(value) ? [] : (validate.errors ?? []))
}

/** Ajv as all schemas of guiji need it, without the meaning of `secret`, which differs between uses. */
export function createAjv(strict: boolean): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict, allowUnionTypes: true, logger: false })
  for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, validate)
  ajv.addVocabulary(['title:zh', 'description:zh'])
  ajv.addKeyword({
    keyword: 'vocabulary',
    type: 'string',
    schemaType: 'string',
    validate: (name: VocabularyName, word: string) => readWord(name, word) !== undefined,
  })
  return ajv
}
