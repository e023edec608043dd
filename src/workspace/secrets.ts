import type { JsonSchema } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { secretForms } from '../http/secret-forms.ts'
import { isSecretReference } from './formats.ts'
import { createAjv } from './schema-validator.ts'

type Config = Readonly<Record<string, unknown>>

/** From where secrets are read. `environment` is passed in: only `jobs/environment.ts` knows the process's own. */
export interface SecretPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Content of the file of a `file:` reference; relative paths are the caller's to resolve. */
  readonly readFile: (path: string) => Promise<string>
}

export interface ResolvedConfig {
  readonly config: Config
  /** The values that were put in, for `redactor`. */
  readonly secrets: readonly string[]
}

/**
 * A copy of a source's `config` in which every reference at a property marked `"secret": true` is replaced by its
 * value. Throws SECRET_MISSING, which names the reference and never a value.
 */
export async function resolveSecrets(
  config: Config,
  schema: JsonSchema,
  environment: SecretPlaces['environment'],
  readFile: SecretPlaces['readFile'],
): Promise<ResolvedConfig> {
  const resolved = structuredClone(config)
  const secrets: string[] = []
  for (const { parent, property, reference } of findReferences(resolved, schema)) {
    const value = await readSecret(reference, { environment, readFile })
    parent[property] = value
    secrets.push(value)
  }
  return { config: resolved, secrets: [...new Set(secrets)] }
}

/** The value of one reference (`store.url` is one, too); what is no reference is its own value. */
export async function readSecret(reference: string, places: SecretPlaces): Promise<string> {
  if (reference.startsWith('env:')) {
    const value = places.environment[reference.slice('env:'.length)]
    if (value === undefined || value === '') throw missing(reference, 'the variable is not set')
    return value
  }
  if (!reference.startsWith('file:')) return reference
  const value = await readSecretFile(reference, places)
  if (value === '') throw missing(reference, 'the file is empty')
  return value
}

/** Editors end a file with a line break that is not part of the secret. */
async function readSecretFile(reference: string, places: SecretPlaces): Promise<string> {
  try {
    return (await places.readFile(reference.slice('file:'.length))).replace(/\r?\n$/, '')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'the file cannot be read'
    throw new GuijiError('SECRET_MISSING', { reference, reason }, { cause: error })
  }
}

function missing(reference: string, reason: string): GuijiError {
  return new GuijiError('SECRET_MISSING', { reference, reason })
}

interface Reference {
  readonly parent: Record<string | number, unknown>
  readonly property: string | number
  readonly reference: string
}

/** The validator itself finds the marked places, so that `oneOf`, `$ref` and the like need no second reading. */
function findReferences(config: Config, schema: JsonSchema): Reference[] {
  const found = new Map<string, Reference>()
  const ajv = createAjv(false)
  ajv.addKeyword({
    keyword: 'secret',
    type: 'string',
    schemaType: 'boolean',
    validate: (secret: boolean, text: string, _schema?: unknown, place?: DataPlace) => {
      if (secret && place && isSecretReference(text)) {
        found.set(place.instancePath, {
          parent: place.parentData,
          property: place.parentDataProperty,
          reference: text,
        })
      }
      return true
    },
  })
  ajv.validate(schema, config)
  return [...found.values()]
}

interface DataPlace {
  readonly instancePath: string
  readonly parentData: Record<string | number, unknown>
  readonly parentDataProperty: string | number
}

/** A function that replaces each secret in a text by `***`, in every form in which it may stand there. */
export function redactor(values: readonly string[]): (text: string) => string {
  const forms = secretForms(values)
  return (text) => forms.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text)
}
