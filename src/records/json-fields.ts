import type { Issue } from '../connector.ts'
import { issue } from './issues.ts'

/**
 * The fields of one JSON record as text: strings as they are, numbers as the source wrote them (never through a
 * double), `true` and `false`, objects and arrays as JSON; null and what is absent are null. A field is a key, or a
 * path of keys with dots (`address.city`) where the record has no key of that very name.
 */
export function decodeJsonRecord(
  bytes: Buffer,
  fields: readonly string[],
): readonly (string | null)[] | Issue {
  const record = parseJsonRecord(bytes)
  if (record.issue) return record.issue
  const texts: (string | null)[] = []
  for (const field of fields) {
    const text = textOf(valueAt(record.value, field))
    if (text === undefined) return issue('malformed', 'nested too deep', undefined, field)
    if (text?.includes('\0')) return issue('nul', 'a NUL character', text, field)
    if (text !== null && !text.isWellFormed()) return issue('encoding', 'half of a UTF-16 pair', text, field)
    texts.push(text)
  }
  return texts
}

/** Names of the fields of one record, for showing what a source has; none where it is no object. */
export function jsonFieldNames(bytes: Buffer): readonly string[] {
  const record = parseJsonRecord(bytes)
  return record.issue ? [] : Object.keys(record.value)
}

type Parsed = { readonly value: object; readonly issue?: never } | { readonly issue: Issue }

/** What Node 24 has and the types of the language do not yet know (JSON.parse source text access). */
interface ExactJson {
  parse(text: string, reviver?: typeof keepSource): unknown
  rawJSON(text: string): object
  isRawJSON(value: unknown): boolean
}

const json = JSON as unknown as ExactJson
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function parseJsonRecord(bytes: Buffer): Parsed {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return { issue: issue('encoding', 'bytes that are not valid UTF-8', bytes.toString('utf8', 0, 800)) }
  }
  try {
    const value: unknown = hasInexactNumber(bytes) ? json.parse(text, keepSource) : json.parse(text)
    if (typeof value === 'object' && value !== null && !json.isRawJSON(value)) return { value }
    return { issue: issue('malformed', 'the record is not an object', text) }
  } catch (error) {
    const problem = error instanceof SyntaxError ? error.message : String(error)
    return { issue: issue('malformed', `not valid JSON: ${problem}`, text) }
  }
}

function keepSource(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' && context.source !== undefined ? json.rawJSON(context.source) : value
}

function valueAt(record: object, field: string): unknown {
  if (Object.hasOwn(record, field)) return Reflect.get(record, field)
  let value: unknown = record
  for (const key of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

/** Undefined where objects and lists are nested deeper than can be written again. */
function textOf(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null
  if (typeof value !== 'object') return String(value)
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * True when the bytes hold a number that would not come back as it is written from a double: more than 15 digits,
 * an exponent, zeros at the end of the fraction, six zeros after the point, or a negative zero.
 */
function hasInexactNumber(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x22) {
      at = bytes.indexOf(0x22, at + 1)
      while (at !== -1 && isEscaped(bytes, at)) at = bytes.indexOf(0x22, at + 1)
      if (at === -1) return false
    } else if (byte === 0x2d || isDigit(byte)) {
      const end = numberEnd(bytes, at)
      if (isInexact(bytes.toString('latin1', at, end))) return true
      at = end - 1
    }
  }
  return false
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let slashes = 0
  while (bytes[at - 1 - slashes] === 0x5c) slashes++
  return slashes % 2 === 1
}

function numberEnd(bytes: Buffer, from: number): number {
  let at = from + 1
  while (isNumberByte(bytes[at] ?? 0)) at++
  return at
}

/** Digits, sign, point and exponent. */
function isNumberByte(byte: number): boolean {
  return isDigit(byte) || byte === 0x2e || byte === 0x2d || byte === 0x2b || byte === 0x65 || byte === 0x45
}

function isInexact(number: string): boolean {
  if (number.length > 15) return true
  return /[.eE]|^-0/.test(number) && String(Number(number)) !== number
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
