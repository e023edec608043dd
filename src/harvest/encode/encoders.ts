import type { ItemType } from '../../../catalog-schema/vocabulary/item-types.ts'
import { dayNumber, twoDigits } from '../date-format.ts'
import { type FrameWriter, put32 } from './frame-writer.ts'
import { writeNumeric } from './numeric.ts'

/**
 * Writes one field (length word and value) in PostgreSQL's binary form. False: the text is not in the plain form
 * this encoder reads, nothing was written, and PostgreSQL itself is asked what it makes of it.
 */
export type FieldEncoder = (text: string, out: FrameWriter) => boolean

export const encoders: Readonly<Record<ItemType, FieldEncoder>> = {
  text: writeText,
  integer: writeInteger,
  decimal: writeNumeric,
  boolean: writeBoolean,
  date: writeDate,
  time: writeTime,
  datetime: writeDatetime,
  instant: writeInstant,
  uuid: writeUuid,
  json: writeJson,
}

export function writeNull(out: FrameWriter): void {
  const at = out.reserve(4)
  const { buffer } = out
  put32(buffer, at, -1)
  out.advance(4)
}

export function writeText(text: string, out: FrameWriter): boolean {
  const at = out.reserve(4 + text.length * 3)
  const { buffer } = out
  const size = buffer.write(text, at + 4, 'utf8')
  put32(buffer, at, size)
  out.advance(4 + size)
  return true
}

export function writeRaw(data: Uint8Array, out: FrameWriter): void {
  const at = out.reserve(4 + data.length)
  const { buffer } = out
  put32(buffer, at, data.length)
  buffer.set(data, at + 4)
  out.advance(4 + data.length)
}

export function writeBigint(value: bigint, out: FrameWriter): void {
  const at = out.reserve(12)
  const { buffer } = out
  put32(buffer, at, 8)
  buffer.writeBigInt64BE(value, at + 4)
  out.advance(12)
}

export function writeInt(value: number, out: FrameWriter): void {
  const at = out.reserve(8)
  const { buffer } = out
  put32(buffer, at, 4)
  put32(buffer, at + 4, value)
  out.advance(8)
}

/** An integer that a JS number holds exactly, as int8. */
function writeInt8(value: number, out: FrameWriter): void {
  const at = out.reserve(12)
  const { buffer } = out
  put32(buffer, at, 8)
  put32(buffer, at + 4, Math.floor(value / 4_294_967_296))
  put32(buffer, at + 8, value >>> 0)
  out.advance(12)
}

const highest = 2n ** 63n - 1n
const lowest = -(2n ** 63n)

function writeInteger(text: string, out: FrameWriter): boolean {
  if (!/^-?\d{1,19}$/.test(text)) return false
  if (text.length <= 15) {
    writeInt8(Number(text), out)
    return true
  }
  const value = BigInt(text)
  if (value > highest || value < lowest) return false
  writeBigint(value, out)
  return true
}

const booleans: Readonly<Record<string, number>> = {
  true: 1,
  t: 1,
  '1': 1,
  yes: 1,
  y: 1,
  false: 0,
  f: 0,
  '0': 0,
  no: 0,
  n: 0,
}

function writeBoolean(text: string, out: FrameWriter): boolean {
  const value = booleans[text]
  if (value === undefined) return false
  const at = out.reserve(5)
  const { buffer } = out
  put32(buffer, at, 1)
  buffer[at + 4] = value
  out.advance(5)
  return true
}

/** PostgreSQL counts days and microseconds from 2000-01-01. */
function writeDate(text: string, out: FrameWriter): boolean {
  const days = text.length === 10 ? dayNumber(text) : undefined
  if (days === undefined) return false
  writeInt(days, out)
  return true
}

const clockTime = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/

/** Microseconds since midnight, or undefined. */
function microseconds(text: string): number | undefined {
  const seconds = text.length === 8 ? wholeSeconds(text) : undefined
  return seconds === undefined ? oddMicroseconds(text) : seconds * 1_000_000
}

/** `HH:MM:SS`, how most times are written. */
function wholeSeconds(text: string): number | undefined {
  const hours = twoDigits(text, 0)
  const minutes = twoDigits(text, 3)
  const seconds = twoDigits(text, 6)
  const colons = text.charCodeAt(2) === colon && text.charCodeAt(5) === colon
  return colons && hours < 24 && minutes < 60 && seconds < 60
    ? hours * 3600 + minutes * 60 + seconds
    : undefined
}

const colon = 0x3a

function oddMicroseconds(text: string): number | undefined {
  const match = clockTime.exec(text)
  if (match === null) return undefined
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0)
  return seconds * 1_000_000 + Number((match[4] ?? '').padEnd(6, '0'))
}

function writeTime(text: string, out: FrameWriter): boolean {
  const value = microseconds(text)
  if (value === undefined) return false
  writeInt8(value, out)
  return true
}

const dayMicroseconds = 86_400_000_000

function writeMoment(date: string, time: string, offsetMinutes: number, out: FrameWriter): boolean {
  const micro = microseconds(time)
  const days = date.length === 10 ? dayNumber(date) : undefined
  if (micro === undefined || days === undefined) return false
  const rest = micro - offsetMinutes * 60_000_000
  const total = days * dayMicroseconds + rest
  // A JS number holds the microseconds of 285 years around 2000; the year 9999 is common in records.
  if (Number.isSafeInteger(total)) writeInt8(total, out)
  else writeBigint(BigInt(days) * BigInt(dayMicroseconds) + BigInt(rest), out)
  return true
}

function writeDatetime(text: string, out: FrameWriter): boolean {
  const separator = text[10]
  if (separator !== ' ' && separator !== 'T') return text.length === 10 && writeMoment(text, '00:00', 0, out)
  return writeMoment(text.slice(0, 10), text.slice(11), 0, out)
}

const zoned = /^(\d{4}-\d{2}-\d{2})[ T]([\d:.]+)(?:Z|([+-])(0\d|1[0-5])(?::?([0-5]\d))?)$/

/** Only texts that carry an offset: one without is read by PostgreSQL in the dataset's own zone. */
function writeInstant(text: string, out: FrameWriter): boolean {
  const match = zoned.exec(text)
  if (match === null) return false
  const minutes = Number(match[4] ?? 0) * 60 + Number(match[5] ?? 0)
  return writeMoment(match[1] ?? '', match[2] ?? '', match[3] === '-' ? -minutes : minutes, out)
}

function writeUuid(text: string, out: FrameWriter): boolean {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) return false
  const at = out.reserve(20)
  const { buffer } = out
  put32(buffer, at, 16)
  buffer.write(text.replaceAll('-', ''), at + 4, 'hex')
  out.advance(20)
  return true
}

/**
 * jsonb: a version byte and the text. Only what both parsers surely agree on: PostgreSQL has no \u0000, its numbers
 * end where their exponents grow too large, and its stack ends where values are nested too deep.
 */
function writeJson(text: string, out: FrameWriter): boolean {
  if (text.includes('\\u') || /\d[eE]/.test(text) || isDeep(text) || !parses(text)) return false
  const at = out.reserve(5 + text.length * 3)
  const { buffer } = out
  const size = buffer.write(text, at + 5, 'utf8')
  put32(buffer, at, size + 1)
  buffer[at + 4] = 1
  out.advance(5 + size)
  return true
}

const deepest = 500

/** True for JSON text that may nest values deeper than is sensible. */
export function isDeep(text: string): boolean {
  if (text.length <= deepest) return false
  let open = 0
  let inString = false
  for (let at = 0; at < text.length && open <= deepest; at += 1) {
    const code = text.charCodeAt(at)
    if (code === backslash) at += 1
    else if (code === doubleQuote) inString = !inString
    else if (inString) continue
    else if (code === openBracket || code === openBrace) open += 1
    else if (code === closeBracket || code === closeBrace) open -= 1
  }
  return open > deepest
}

const doubleQuote = 0x22
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
