/**
 * Types of an item, each with the PostgreSQL type that holds it. `decimal` is numeric without a scale, so that
 * PostgreSQL never rounds silently: precision and scale are checked. `datetime` has no zone, `instant` has.
 */
export const itemTypes = {
  text: 'text',
  integer: 'bigint',
  decimal: 'numeric',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  datetime: 'timestamp',
  instant: 'timestamptz',
  uuid: 'uuid',
  json: 'jsonb',
} as const

export type ItemType = keyof typeof itemTypes
