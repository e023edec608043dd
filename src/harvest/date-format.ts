/**
 * Reads dates and times written to a pattern of `yyyy M MM d dd H HH m mm s ss` and literal characters, e.g.
 * `yyyy年M月d日`, `yyyyMMdd`, `d.M.yyyy HH:mm`. Gives ISO text, or undefined where the text does not fit or names
 * a day that does not exist.
 */
export function dateReader(pattern: string): (text: string) => string | undefined {
  const names: string[] = []
  const source = pattern.replace(/yyyy|MM?|dd?|HH?|mm?|ss?|[^A-Za-z]+/g, (token) => {
    const width = widths[token]
    if (width === undefined) return token.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    names.push(token.charAt(0))
    return width
  })
  const expression = new RegExp(`^${source}$`, 'u')
  return (text) => {
    const match = expression.exec(text)
    if (match === null) return undefined
    const parts = new Map(names.map((name, index) => [name, match[index + 1] ?? '']))
    return isoText(parts)
  }
}

const widths: Readonly<Record<string, string>> = {
  yyyy: '(\\d{4})',
  MM: '(\\d{2})',
  M: '(\\d{1,2})',
  dd: '(\\d{2})',
  d: '(\\d{1,2})',
  HH: '(\\d{2})',
  H: '(\\d{1,2})',
  mm: '(\\d{2})',
  m: '(\\d{1,2})',
  ss: '(\\d{2})',
  s: '(\\d{1,2})',
}

function isoText(parts: ReadonlyMap<string, string>): string | undefined {
  const part = (name: string, fallback: string) => (parts.get(name) ?? fallback).padStart(2, '0')
  const time = `${part('H', '00')}:${part('m', '00')}:${part('s', '00')}`
  if (!isTime(time)) return undefined
  if (!parts.has('y')) return time
  const date = `${part('y', '0000')}-${part('M', '01')}-${part('d', '01')}`
  if (!isDate(date)) return undefined
  return parts.has('H') ? `${date} ${time}` : date
}

/** `YYYY-MM-DD` naming a day of the Gregorian calendar. */
export function isDate(text: string): boolean {
  return text.length === 10 && dayNumber(text) !== undefined
}

/** Days from 2000-01-01 to the day that the first ten characters of `text` name; undefined where they name none. */
export function dayNumber(text: string): number | undefined {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const named = text.charCodeAt(4) === hyphen && text.charCodeAt(7) === hyphen
  // Not-a-number fails every comparison.
  if (!named || !(year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month)))
    return undefined
  // Years that begin in March have their leap day at the end (the algorithm of Howard Hinnant's days_from_civil).
  const march = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return (
    march * 365 +
    Math.floor(march / 4) -
    Math.floor(march / 100) +
    Math.floor(march / 400) +
    dayOfYear -
    730_425
  )
}

const hyphen = 0x2d

/** The number that two digits at `at` write; not a number where they are none. */
export function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30
  const ones = text.charCodeAt(at + 1) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** `HH:MM:SS`, 00:00:00 to 23:59:59. */
export function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text)
}
