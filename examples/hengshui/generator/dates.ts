import type { DateStyle } from '../list/types.ts'

/** Days since 1970-01-01 of day 1 of the example: 2025-06-20. */
export const firstDay = epochDay(2025, 6, 20)

export function epochDay(year: number, month: number, day: number): number {
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000)
}

const texts: string[] = []
const offset = 20_000

/** `2025-06-20` for a count of days since 1970; each text is made once. */
export function dateText(day: number): string {
  const known = texts[day + offset]
  if (known !== undefined) return known
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
  texts[day + offset] = text
  return text
}

/** `08:05:09` for a count of seconds since midnight. */
export function timeText(seconds: number): string {
  return `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
}

export function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** Rewrites an ISO date the way a system prints it. */
export function restyleDate(iso: string, style: DateStyle): string {
  if (style === 'iso' || iso === '') return iso
  const year = iso.slice(0, 4)
  if (style === 'compact') return year + iso.slice(5, 7) + iso.slice(8, 10)
  if (style === 'slash') return `${year}/${iso.slice(5, 7)}/${iso.slice(8, 10)}`
  return `${year}年${Number(iso.slice(5, 7))}月${Number(iso.slice(8, 10))}日`
}

/** The pattern of a style, as a mapping declares it; ISO needs none. */
export const datePatterns: Readonly<Record<DateStyle, string | undefined>> = {
  iso: undefined,
  chinese: 'yyyy年M月d日',
  compact: 'yyyyMMdd',
  slash: 'yyyy/MM/dd',
}
