import { existsSync, readdirSync } from 'node:fs'
import type { JsonSchema } from '../../src/connector.ts'

/** Paths of the properties without a title in English or Chinese. */
export function untitled(schema: JsonSchema, path: string): readonly string[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const variants = [schema.oneOf, schema.anyOf, schema.allOf].flatMap((list) =>
    Array.isArray(list) ? list : [],
  )
  return [
    ...Object.entries(properties).flatMap(([name, property]) => {
      const titled = typeof property.title === 'string' && typeof property['title:zh'] === 'string'
      return [...(titled ? [] : [`${path}/${name}`]), ...untitled(property, `${path}/${name}`)]
    }),
    ...variants.flatMap((variant: JsonSchema) => untitled(variant, path)),
  ]
}

/** Open files and sockets of this process; where the system does not tell, none. */
export function openHandles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0
}
