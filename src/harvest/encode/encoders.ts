import type { ItemType } from '../../../catalog-schema/vocabulary/item-types.ts'
import { isDate } from '../date-format.ts'
import type { FrameWriter } from './frame-writer.ts'
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
  const { buffer, at } = out.reserve(4)
  buffer.writeInt32BE(-1, at)
  out.advance(4)
}

export function writeText(text: string, out: FrameWriter): boolean {
  const { buffer, at } = out.reserve(4 + text.length * 3)
  const size = buffer.write(text, at + 4, 'utf8')
  buffer.writeInt32BE(size, at)
  out.advance(4 + size)
  return true
}

export function writeRaw(data: Uint8Array, out: FrameWriter): void {
  const { buffer, at } = out.reserve(4 + data.length)
  buffer.writeInt32BE(data.length, at)
  buffer.set(data, at + 4)
  out.advance(4 + data.length)
}

export function writeBigint(value: bigint, out: FrameWriter): void {
  const { buffer, at } = out.reserve(12)
  buffer.writeInt32BE(8, at)
  buffer.writeBigInt64BE(value, at + 4)
  out.advance(12)
}

export function writeInt(value: number, out: FrameWriter): void {
  const { buffer, at } = out.reserve(8)
  buffer.writeInt32BE(4, at)
  buffer.writeInt32BE(value, at + 4)
  out.advance(8)
}

/** An integer that a JS number holds exactly, as int8. */
function writeInt8(value: number, out: FrameWriter): void {
  const { buffer, at } = out.reserve(12)
  buffer.writeInt32BE(8, at)
  buffer.writeInt32BE(Math.floor(value / 4_294_967_296), at + 4)
  buffer.writeUInt32BE(value >>> 0, at + 8)
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
  const { buffer, at } = out.reserve(5)
  buffer.writeInt32BE(1, at)
  buffer[at + 4] = value
  out.advance(5)
  return true
}

/** PostgreSQL counts days and microseconds from 2000-01-01. */
const epochDays = Date.UTC(2000, 0, 1) / 86_400_000

function daysSince2000(date: string): number {
  const utc = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10)))
  // Date.UTC reads the years 0-99 as 1900-1999; a text date means the year it says.
  const days = utc / 86_400_000
  return (Number(date.slice(0, 4)) < 100 ? yearsBelow100(date) : days) - epochDays
}

function yearsBelow100(date: string): number {
  return new Date(`${date}T00:00:00Z`).getTime() / 86_400_000
}

function writeDate(text: string, out: FrameWriter): boolean {
  if (!isDate(text)) return false
  writeInt(daysSince2000(text), out)
  return true
}

const clockTime = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/

/** Microseconds since midnight, or undefined. */
function microseconds(text: string): number | undefined {
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
  if (micro === undefined || !isDate(date)) return false
  const days = daysSince2000(date)
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
  const { buffer, at } = out.reserve(20)
  buffer.writeInt32BE(16, at)
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
  const { buffer, at } = out.reserve(5 + text.length * 3)
  const size = buffer.write(text, at + 5, 'utf8')
  buffer.writeInt32BE(size + 1, at)
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
