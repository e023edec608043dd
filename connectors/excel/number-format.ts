/** What a number in a cell of some style means. */
export type NumberKind = 'number' | 'date' | 'time' | 'datetime'

/** Built-in formats that are dates or times (ECMA-376 18.8.30), the East Asian ones included. */
const builtIn: ReadonlyMap<number, NumberKind> = new Map<number, NumberKind>([
  ...range(14, 17).map((id) => [id, 'date'] as const),
  ...range(18, 21).map((id) => [id, 'time'] as const),
  [22, 'datetime'],
  ...range(27, 31).map((id) => [id, 'date'] as const),
  ...range(32, 35).map((id) => [id, 'time'] as const),
  [36, 'date'],
  ...range(45, 47).map((id) => [id, 'time'] as const),
  ...range(50, 54).map((id) => [id, 'date'] as const),
  ...range(55, 56).map((id) => [id, 'time'] as const),
  ...range(57, 58).map((id) => [id, 'date'] as const),
])

/** The meaning of a number format by its id or, for formats of the workbook itself, by its code. */
export function numberKind(id: number, code: string | undefined): NumberKind {
  if (code === undefined) return builtIn.get(id) ?? 'number'
  // Only the part for positive numbers counts; quoted and escaped text, fill and padding, colours and locales do not.
  const letters = code
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .split(';', 1)
    .join('')
    .replaceAll(/general|am\/pm|a\/p|上午\/下午/gi, '')
    .toLowerCase()
  const time = /[hs]|\[m+\]/.test(letters)
  const date = /[yde]/.test(letters.replaceAll(/[0#?.]e[+-]/g, '')) || (!time && letters.includes('m'))
  if (date) return time ? 'datetime' : 'date'
  return time ? 'time' : 'number'
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}
