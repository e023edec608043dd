import { createHash } from 'node:crypto'
import { GuijiError } from '../errors/guiji-error.ts'

/** PostgreSQL cuts names silently at NAMEDATALEN - 1 bytes. */
const MAX_BYTES = 63
const HASH_DIGITS = 8

/**
 * The one way a name gets into SQL: always quoted, so that case, spaces, Chinese and quotes keep their meaning.
 *
 * @throws GuijiError IDENTIFIER_INVALID for an empty name, a NUL, or half a surrogate pair, which no server can store.
 */
export function quote(name: string): string {
  if (name === '' || name.includes('\0') || !name.isWellFormed()) {
    throw new GuijiError('IDENTIFIER_INVALID', { name: JSON.stringify(name) })
  }
  return `"${name.replaceAll('"', '""')}"`
}

/** `"schema"."name"`. */
export function qualified(schema: string, name: string): string {
  return `${quote(schema)}.${quote(name)}`
}

/**
 * A text constant for statements that take no parameters (comments, role passwords). Everywhere else: `$1`.
 * Right whatever `standard_conforming_strings` is.
 *
 * @throws GuijiError IDENTIFIER_INVALID for a NUL or half a surrogate pair.
 */
export function literal(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new GuijiError('IDENTIFIER_INVALID', { name: JSON.stringify(text.slice(0, 200)) })
  }
  const doubled = text.replaceAll("'", "''")
  return text.includes('\\') ? ` E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}

/**
 * The name itself if PostgreSQL can hold it (63 bytes of UTF-8), else its beginning, cut between characters, with
 * `_` and 8 hex digits of its sha256: two long names that differ anywhere stay different.
 */
export function fitIdentifier(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS)
  return `${beginning(name, MAX_BYTES - HASH_DIGITS - 1)}_${hash}`
}

function beginning(name: string, bytes: number): string {
  let kept = ''
  let left = bytes
  for (const character of name) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    kept += character
  }
  return kept
}
