import type { FrameWriter } from './frame-writer.ts'

const plain = /^([+-]?)(\d+)(?:\.(\d*))?$/

/**
 * Writes a decimal text as PostgreSQL's binary numeric: groups of four digits, base 10000, with the scale the text
 * shows. No JS number ever holds the value. Source: src/backend/utils/adt/numeric.c, numeric_send.
 */
export function writeNumeric(text: string, out: FrameWriter): boolean {
  if (text.length > 1000) return false
  const match = plain.exec(text)
  if (match === null) return false
  const negative = match[1] === '-'
  const whole = (match[2] ?? '').replace(/^0+/, '')
  const fraction = match[3] ?? ''
  const digits = `${whole.padStart(Math.ceil(whole.length / 4) * 4, '0')}${fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')}`
  const wholeGroups = Math.ceil(whole.length / 4)

  let first = 0
  let last = digits.length / 4
  while (first < last && group(digits, first) === 0) first += 1
  while (last > first && group(digits, last - 1) === 0) last -= 1
  const count = last - first
  const weight = count === 0 ? 0 : wholeGroups - 1 - first

  const { buffer, at } = out.reserve(12 + count * 2)
  buffer.writeInt32BE(8 + count * 2, at)
  buffer.writeInt16BE(count, at + 4)
  buffer.writeInt16BE(weight, at + 6)
  buffer.writeUInt16BE(negative && count > 0 ? 0x4000 : 0, at + 8)
  buffer.writeInt16BE(fraction.length, at + 10)
  for (let index = 0; index < count; index += 1) {
    buffer.writeInt16BE(group(digits, first + index), at + 12 + index * 2)
  }
  out.advance(12 + count * 2)
  return true
}

function group(digits: string, index: number): number {
  return Number(digits.slice(index * 4, index * 4 + 4))
}
