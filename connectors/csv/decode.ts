import type { Issue } from '../../src/connector.ts'
import { MOST_COLUMNS } from '../../src/records/columns.ts'
import { issue, shortened } from '../../src/records/issues.ts'

/** Field texts of one record, or what is wrong with its syntax. */
export type SplitRecord = readonly (string | null)[] | Issue

/**
 * The fields of one CSV record as text: an unquoted empty field is null, a quoted empty one is '', as COPY reads
 * them. Quotes count only where RFC 4180 has them; anything else is `malformed`. What lies beyond one field more than
 * `most` is not looked at: a record of 16 MiB of delimiters is too long a list.
 */
export function splitRecord(
  text: string,
  delimiter: string,
  quote: string,
  most = MOST_COLUMNS,
): SplitRecord {
  if (text.includes('\r')) {
    const plain = withoutQuoted(text, quote)
    if (plain.includes('\r')) return issue('malformed', 'a carriage return outside quotes', text)
  }
  if (!text.includes(quote)) return text.split(delimiter, most + 1).map(emptyToNull)
  const fields: (string | null)[] = []
  let at = 0
  for (;;) {
    const field = text[at] === quote ? quotedField(text, at, quote) : plainField(text, at, delimiter)
    const after = text[field.end]
    const where = `field ${fields.length + 1}`
    if (!field.closed) return issue('malformed', `the quote of ${where} is never closed`, text.slice(at))
    if (field.value?.includes(quote) && text[at] !== quote) {
      return issue('malformed', `a quote inside ${where}, which is not quoted`, field.value)
    }
    if (after !== undefined && after !== delimiter) {
      return issue('malformed', `text after the closing quote of ${where}`, text.slice(at, field.end + 40))
    }
    fields.push(field.value)
    if (after === undefined || fields.length > most) return fields
    at = field.end + 1
  }
}

interface Field {
  readonly value: string | null
  /** Index after the field. */
  readonly end: number
  readonly closed: boolean
}

function plainField(text: string, at: number, delimiter: string): Field {
  const found = text.indexOf(delimiter, at)
  const end = found === -1 ? text.length : found
  return { value: emptyToNull(text.slice(at, end)), end, closed: true }
}

function quotedField(text: string, at: number, quote: string): Field {
  let value = ''
  let from = at + 1
  for (;;) {
    const found = text.indexOf(quote, from)
    if (found === -1) return { value: shortened(text.slice(at)), end: text.length, closed: false }
    value += text.slice(from, found)
    if (text[found + 1] !== quote) return { value, end: found + 1, closed: true }
    value += quote
    from = found + 2
  }
}

function emptyToNull(value: string): string | null {
  return value === '' ? null : value
}

function withoutQuoted(text: string, quote: string): string {
  return text
    .split(quote)
    .filter((_, part) => part % 2 === 0)
    .join('')
}
