import pg from 'pg'
import type { DiscoveredField } from '../../src/connector.ts'
import type { Column } from './relation.ts'

/**
 * Types whose binary form is the same on every PostgreSQL from 12 on, by pg_type.oid. The key is the name under
 * which the binary form is declared: integers are widened to bigint in the source's own SELECT, and character
 * types share the form of text.
 */
const stable: Readonly<Record<number, string>> = {
  16: 'boolean',
  20: 'bigint',
  21: 'bigint', // smallint, widened
  23: 'bigint', // integer, widened
  25: 'text',
  114: 'json',
  1042: 'text', // character(n), blanks kept
  1043: 'text', // character varying
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1700: 'numeric',
  2950: 'uuid',
  3802: 'jsonb',
}

/** Name of the type that arrives in binary COPY; `text` where the source is asked to print the value. */
export function binaryType(column: Column): string {
  return stable[column.type] ?? 'text'
}

/** The expression of one column in the SELECT that is copied. */
export function selected(column: Column): string {
  const name = pg.escapeIdentifier(column.name)
  if (column.type === 21 || column.type === 23) return `${name}::bigint as ${name}`
  return column.type in stable ? name : `${name}::text as ${name}`
}

const nearestTypes: Readonly<Record<number, DiscoveredField['type']>> = {
  16: 'boolean',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  26: 'integer', // oid
  114: 'json',
  700: 'decimal',
  701: 'decimal',
  1082: 'date',
  1083: 'time',
  1114: 'datetime',
  1184: 'instant',
  1700: 'decimal',
  2950: 'uuid',
  3802: 'json',
}

/** The item type that fits a source type. */
export function itemType(type: number): DiscoveredField['type'] {
  return nearestTypes[type] ?? 'text'
}
