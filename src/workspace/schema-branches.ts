import type { SchemaError } from './schema-validator.ts'

/**
 * The errors worth showing. A value that fits no branch of `oneOf`/`anyOf` fails in all of them; where a branch names
 * its kind by a constant, only the branch of the kind that was written tells what is wrong.
 */
export function mostTelling(errors: readonly SchemaError[]): readonly SchemaError[] {
  let kept = errors.filter((error) => error.keyword !== 'if')
  for (const choice of kept.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf')) {
    kept = withoutOtherBranches(kept, choice)
  }
  return kept
}

function withoutOtherBranches(errors: readonly SchemaError[], choice: SchemaError): SchemaError[] {
  const prefix = `${choice.schemaPath}/`
  const inside = errors.filter((error) => error.schemaPath.startsWith(prefix))
  const kindErrors = inside.filter((error) => isKindError(error, choice))
  const otherKinds = new Set(kindErrors.map((error) => branchOf(error, prefix)))
  const telling = inside.filter((error) => !otherKinds.has(branchOf(error, prefix)))
  const outside = errors.filter((error) => error !== choice && !inside.includes(error))
  const first = kindErrors[0]
  if (isChoiceOfProperties(choice)) return [...outside, choice]
  if (telling.length > 0) return [...outside, ...telling]
  if (!first) return [...outside, choice]
  const told = outside.some((error) => error.keyword === 'enum' && error.instancePath === first.instancePath)
  return told ? outside : [...outside, mergeKinds(first, kindErrors)]
}

/** Branches that differ in nothing but the properties they require: `url`, or `host` and `database`. */
export function isChoiceOfProperties(error: SchemaError): boolean {
  const branches: unknown = error.schema
  return Array.isArray(branches) && branches.every((one) => Object.keys(one).join() === 'required')
}

/** A constant one level below the choice that is not the one written. */
function isKindError(error: SchemaError, choice: SchemaError): boolean {
  const below = error.instancePath.slice(choice.instancePath.length)
  return (error.keyword === 'const' || error.keyword === 'enum') && /^\/[^/]+$/.test(below)
}

function branchOf(error: SchemaError, prefix: string): string {
  return error.schemaPath.slice(prefix.length).split('/', 1)[0] ?? ''
}

function mergeKinds(first: SchemaError, kindErrors: readonly SchemaError[]): SchemaError {
  const allowedValues = kindErrors.flatMap((error) => error.params.allowedValues ?? error.params.allowedValue)
  return { ...first, keyword: 'enum', params: { allowedValues } }
}
