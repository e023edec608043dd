import type { NumberKind } from './number-format.ts'

const DAY_MS = 86_400_000
/** 9999-12-31, the last day that Excel knows. */
const LAST_SERIAL = 2_958_466
const EPOCH_1900 = Date.UTC(1899, 11, 30)
const EPOCH_1904 = Date.UTC(1904, 0, 1)

/**
 * The text of a number in a cell. Dates and times become ISO 8601 as far as their format shows them; undefined for
 * a number that no date stands for.
 */
export function numberText(source: string, kind: NumberKind, date1904: boolean): string | undefined {
  if (kind === 'number') return plainNumber(source)
  const serial = Number(source)
  if (!Number.isFinite(serial) || serial < 0 || serial >= LAST_SERIAL) return undefined
  const milliseconds = Math.round(serial * DAY_MS)
  if (kind === 'time') return timeText(milliseconds)
  // In the 1900 system Excel counts a 29 February 1900 that never was.
  const missing = !date1904 && serial < 60 ? DAY_MS : 0
  const moment = new Date((date1904 ? EPOCH_1904 : EPOCH_1900) + milliseconds + missing)
  const iso = moment.toISOString()
  return kind === 'date' ? iso.slice(0, 10) : `${iso.slice(0, 10)}T${timeText(milliseconds % DAY_MS)}`
}

/** Hours may be more than 24: a duration. */
function timeText(milliseconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const fraction = milliseconds % 1000
  const clock = `${two(milliseconds / 3_600_000)}:${two((milliseconds / 60_000) % 60)}:${two((milliseconds / 1000) % 60)}`
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(3, '0')}`
}

/**
 * Excel holds doubles and writes 17 digits of them: the shortest text of the same double is what was typed. A text
 * of up to 15 digits, or of more than a double has, is kept as it is. Never an exponent.
 */
export function plainNumber(source: string): string | undefined {
  const text = source.trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined
  if (/^-?\d+$/.test(text)) return text
  if (!Number.isFinite(Number(text))) return undefined
  const digits = text.replace(/[eE].*$/, '').replaceAll(/^[+-]?0*\.?0*|\D/g, '').length
  if (/[eE]/.test(text) || digits === 16 || digits === 17) return withoutExponent(String(Number(text)))
  return text.replace(/^\+/, '')
}

function withoutExponent(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (match === null) return text
  const [, sign = '', first = '', fraction = '', exponent = '0'] = match
  const digits = first + fraction
  const point = 1 + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Excel writes characters that XML cannot hold as `_x000D_`. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** A cell of Excel has at most 32,767 characters; what is much longer comes from elsewhere and is no text of a cell. */
export const LONGEST_CELL_TEXT = 1_000_000
/** XFD is the last column of Excel, 1,048,576 its last row. */
export const MOST_COLUMNS = 16_384
export const MOST_ROWS = 1_048_576

/** `A` → 0, `AB12` → 27. */
export function columnIndex(reference: string): number {
  let index = 0
  for (const letter of reference.replace(/\d.*$/, '').toUpperCase())
    index = index * 26 + letter.charCodeAt(0) - 64
  return index - 1
}

/** 0 → `A`, 27 → `AB`. */
export function columnName(index: number): string {
  const rest = Math.floor(index / 26)
  return (rest === 0 ? '' : columnName(rest - 1)) + String.fromCharCode(65 + (index % 26))
}
