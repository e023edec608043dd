import { type FrameWriter, put16, put32 } from './frame-writer.ts'

/** Groups of the number being written; one thread writes one number at a time. */
const groups = new Uint16Array(512)
const longest = 1000

/**
 * Writes a decimal text as PostgreSQL's binary numeric: groups of four digits, base 10000, with the scale the text
 * shows. No JS number ever holds the value. Source: src/backend/utils/adt/numeric.c, numeric_send.
 */
export function writeNumeric(text: string, out: FrameWriter): boolean {
  if (text.length > longest) return false
  const sign = text.charCodeAt(0)
  let whole = sign === plus || sign === minus ? 1 : 0
  const point = digitsEnd(text, whole)
  if (point === whole) return false
  const isWhole = point === text.length
  if (!isWhole && text.charCodeAt(point) !== dot) return false
  const end = isWhole ? point : digitsEnd(text, point + 1)
  if (end !== text.length) return false
  while (whole < point && text.charCodeAt(whole) === zero) whole += 1

  const wholeGroups = Math.ceil((point - whole) / 4)
  const scale = isWhole ? 0 : end - point - 1
  const total = wholeGroups + Math.ceil(scale / 4)
  for (let index = 0; index < wholeGroups; index += 1)
    groups[index] = groupAt(text, point - (wholeGroups - index) * 4, whole, point)
  for (let index = wholeGroups; index < total; index += 1)
    groups[index] = groupAt(text, point + 1 + (index - wholeGroups) * 4, 0, end)
  return writeGroups({ total, wholeGroups, scale, negative: sign === minus }, out)
}

const plus = 0x2b
const minus = 0x2d
const dot = 0x2e
const zero = 0x30

interface Number10000 {
  readonly total: number
  readonly wholeGroups: number
  readonly scale: number
  readonly negative: boolean
}

function writeGroups({ total, wholeGroups, scale, negative }: Number10000, out: FrameWriter): boolean {
  let first = 0
  let last = total
  while (first < last && groups[first] === 0) first += 1
  while (last > first && groups[last - 1] === 0) last -= 1
  const count = last - first
  const at = out.reserve(12 + count * 2)
  const { buffer } = out
  put32(buffer, at, 8 + count * 2)
  put16(buffer, at + 4, count)
  put16(buffer, at + 6, count === 0 ? 0 : wholeGroups - 1 - first)
  put16(buffer, at + 8, negative && count > 0 ? 0x4000 : 0)
  put16(buffer, at + 10, scale)
  for (let index = 0; index < count; index += 1)
    put16(buffer, at + 12 + index * 2, groups[first + index] ?? 0)
  out.advance(12 + count * 2)
  return true
}

function digitsEnd(text: string, from: number): number {
  let at = from
  while (isDigit(text.charCodeAt(at))) at += 1
  return at
}

function isDigit(code: number): boolean {
  return code >= zero && code <= 0x39
}

/** The four digits from `at` on; what lies outside `[from, until)` counts as zero. */
function groupAt(text: string, at: number, from: number, until: number): number {
  let group = 0
  for (let index = at; index < at + 4; index += 1)
    group = group * 10 + (index >= from && index < until ? text.charCodeAt(index) - zero : 0)
  return group
}
