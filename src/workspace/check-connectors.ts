import type { JsonSchema } from '../connector.ts'
import { unknownName } from './check-references.ts'
import type { Collected, Entry } from './collect.ts'
import type { ConnectorKind } from './load-workspace.ts'
import type { Problem } from './problem.ts'
import { schemaProblems } from './schema-problems.ts'
import type { Validator } from './schema-validator.ts'
import { createValidator } from './schema-validator.ts'

/** Sources of a kind that no connector has, and `config` or `read` that the connector's own schema refuses. */
export function checkConnectors(collected: Collected, connectorKinds: readonly ConnectorKind[]): Problem[] {
  const compiled = new Map(
    connectorKinds.map((one) => [
      one.kind,
      {
        config: validatorOf(one.configSchema),
        read: validatorOf(one.readSchema),
      },
    ]),
  )
  const kindOfSource = new Map(collected.sources.map(({ value }) => [value.code, value.kind]))
  return [
    ...collected.sources.flatMap((entry) => {
      const connector = compiled.get(entry.value.kind)
      if (connector) return problemsAt(entry, 'config', connector.config(entry.value.config))
      const known = [...compiled.keys()]
      const kind = { en: 'kind of connector', zh: '连接器类型' }
      return [unknownName(entry, ['kind'], entry.value.kind, { known, kind })]
    }),
    ...collected.harvests.flatMap((entry) => {
      const connector = compiled.get(kindOfSource.get(entry.value.source) ?? '')
      return connector ? problemsAt(entry, 'read', connector.read(entry.value.read)) : []
    }),
  ]
}

/** Compiling costs more than all else here, and a connector's schemas do not change while a process runs. */
const validators = new WeakMap<JsonSchema, Validator>()

function validatorOf(schema: JsonSchema): Validator {
  const validator = validators.get(schema) ?? createValidator(schema, { strict: false })
  validators.set(schema, validator)
  return validator
}

function problemsAt(
  entry: Entry<unknown>,
  property: string,
  errors: Parameters<typeof schemaProblems>[2],
): Problem[] {
  return schemaProblems(entry.document, [...entry.path, property], errors).map(({ problem }) => problem)
}
