import { isUtf8 } from 'node:buffer'
import type { Batch, Issue } from '../../src/connector.ts'
import { dateText, timestampText, timeText } from './calendar.ts'
import { numericText } from './numeric.ts'

export type Decode = (batch: Batch, index: number) => readonly (string | null)[] | Issue

type FieldText = (bytes: Buffer, start: number, end: number) => string

const fieldTexts: Readonly<Record<string, FieldText>> = {
  boolean: (bytes, start) => (bytes[start] === 1 ? 'true' : 'false'),
  bigint: (bytes, start) => bytes.readBigInt64BE(start).toString(),
  text: (bytes, start, end) => bytes.toString('utf8', start, end),
  json: (bytes, start, end) => bytes.toString('utf8', start, end),
  // One byte says the version of the form, the text follows.
  jsonb: (bytes, start, end) => bytes.toString('utf8', start + 1, end),
  date: (bytes, start) => dateText(bytes.readInt32BE(start)),
  time: (bytes, start) => timeText(bytes.readBigInt64BE(start)),
  timestamp: (bytes, start) => timestampText(bytes.readBigInt64BE(start), ''),
  timestamptz: (bytes, start) => timestampText(bytes.readBigInt64BE(start), '+00'),
  numeric: (bytes, start) => numericText(bytes, start),
  uuid: (bytes, start, end) =>
    bytes.toString('hex', start, end).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
}

/** Bytes a type always has; the others vary. */
const widths: Readonly<Record<string, number>> = {
  boolean: 1,
  bigint: 8,
  date: 4,
  time: 8,
  timestamp: 8,
  timestamptz: 8,
  uuid: 16,
}

/** Decodes binary tuples into what PostgreSQL would print (booleans as `true` and `false`). */
export function tupleDecoder(fields: readonly string[], types: readonly string[]): Decode {
  const texts = types.map((type) => fieldTexts[type] ?? fieldTexts.text)
  return (batch, index) => {
    const { bytes } = batch
    let at = (batch.starts[index] ?? 0) + 2
    const values: (string | null)[] = []
    for (let field = 0; field < fields.length; field++) {
      const length = bytes.readInt32BE(at)
      at += 4
      if (length < 0) {
        values.push(null)
        continue
      }
      const type = types[field] ?? 'text'
      const width = widths[type]
      const text =
        width === undefined || width === length ? texts[field]?.(bytes, at, at + length) : undefined
      if (text === undefined) return wrongWidth(fields[field], type, length)
      if (text.includes('\ufffd') && !isUtf8(bytes.subarray(at, at + length)))
        return notUtf8(fields[field], text)
      values.push(text)
      at += length
    }
    return values
  }
}

/** Decodes lines of COPY text. `booleans` says which fields are printed `t` and `f`. */
export function lineDecoder(fields: readonly string[], booleans: readonly boolean[]): Decode {
  return (batch, index) => {
    const start = batch.starts[index] ?? 0
    const end = batch.ends[index] ?? start
    const line = batch.bytes.toString('utf8', start, end)
    if (line.includes('\ufffd') && !isUtf8(batch.bytes.subarray(start, end))) return notUtf8(undefined, line)
    const parts = fields.length === 0 ? [] : line.split('\t')
    if (parts.length !== fields.length) {
      return {
        reason: 'ragged',
        value: line.slice(0, 200),
        message: `found ${parts.length} fields, expected ${fields.length}`,
      }
    }
    return parts.map((part, field) => {
      if (part === '\\N') return null
      if (booleans[field]) return part === 't' ? 'true' : 'false'
      return part.includes('\\') ? unescaped(part) : part
    })
  }
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter)
}

function wrongWidth(column: string | undefined, type: string, length: number): Issue {
  return {
    reason: 'malformed',
    ...(column === undefined ? {} : { column }),
    message: `the server sent ${length} bytes for a value of type ${type}`,
  }
}

function notUtf8(column: string | undefined, text: string): Issue {
  return {
    reason: 'encoding',
    ...(column === undefined ? {} : { column }),
    value: text.slice(0, 200),
    message: 'the value is not valid UTF-8; the database of the source does not check its encoding',
  }
}
