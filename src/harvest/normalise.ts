import type { ItemMapping, Normalisation } from '../../catalog-schema/documents/documents.ts'
import { dateReader } from './date-format.ts'

/** What a mapping makes of a source text: a text for the item's type, null for "no value", or why it cannot be used. */
export type Normalised = string | null | Refusal
export interface Refusal {
  readonly reason: 'required' | 'type' | 'nul'
  readonly expected: string
}
export type Normaliser = (text: string | null) => Normalised

const steps: Readonly<Record<Normalisation, (text: string) => string>> = {
  // String.trim takes the full-width space U+3000 and the BOM too.
  trim: (text) => text.trim(),
  halfwidth: toHalfWidth,
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  collapse: (text) => text.replace(/\s+/g, ' '),
  'decimal-comma': (text) => text.replaceAll('.', '').replace(',', '.'),
  thousands: (text) => text.replaceAll(',', ''),
  'strip-nul': (text) => text.replaceAll('\0', ''),
}

/** Compiles a mapping into one pure function, applied in the order: steps, nulls, empty, code table, date, shift. */
export function normaliserOf(mapping: ItemMapping): Normaliser {
  if (isPlain(mapping)) return mapping.empty === 'keep' ? plainText : plainValue
  const chain = mapping.normalise.map((name) => steps[name])
  const nulls = new Set(mapping.nulls)
  const read = mapping.format === undefined ? undefined : dateReader(mapping.format)
  return (text) => {
    if (text === null) return null
    let value = text
    for (const step of chain) value = step(value)
    if (value.includes('\0')) return withNul
    if (nulls.has(value)) return null
    if (value === '' && mapping.empty !== 'keep') {
      return mapping.empty === 'null' ? null : { reason: 'required', expected: 'a value that is not empty' }
    }
    const mapped = mapping.map && Object.hasOwn(mapping.map, value) ? (mapping.map[value] ?? value) : value
    if (read !== undefined)
      return read(mapped) ?? { reason: 'type', expected: `a date like ${mapping.format}` }
    return mapping.shift === undefined ? mapped : shiftPoint(mapped, mapping.shift)
  }
}

const withNul: Refusal = { reason: 'nul', expected: 'text without NUL characters' }

function plainText(text: string | null): Normalised {
  return text?.includes('\0') === true ? withNul : text
}

function plainValue(text: string | null): Normalised {
  return text === '' ? null : plainText(text)
}

/** True when the mapping leaves every text as it is, so that PostgreSQL may read the raw bytes itself. */
export function isPlain(mapping: ItemMapping): boolean {
  return (
    mapping.normalise.length === 0 &&
    mapping.nulls.length === 0 &&
    mapping.map === undefined &&
    mapping.format === undefined &&
    mapping.shift === undefined &&
    mapping.empty !== 'reject'
  )
}

/** Full-width forms U+FF01-FF5E are their ASCII twins shifted by 0xFEE0; U+3000 is the full-width space. */
function toHalfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e\u3000]/g, (character) =>
    character === '\u3000' ? ' ' : String.fromCharCode(character.charCodeAt(0) - 0xfee0),
  )
}

/** Multiplies a decimal text by a power of ten by moving its point: no digit is lost. */
export function shiftPoint(text: string, by: number): string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (match === null || by === 0) return text
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = whole + fraction
  if (digits === '') return text
  const point = whole.length + by
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), '0').padEnd(point, '0')
  const at = Math.max(point, 1)
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '')
  const right = padded.slice(at)
  return right === '' ? `${sign}${left}` : `${sign}${left}.${right}`
}
