import { readFileSync } from 'node:fs'

export interface Division {
  readonly code: string
  readonly name: string
}

/** The real divisions of Hengshui, sorted by code; source and licence: `data/README.md`. */
const divisions: readonly Division[] = readFileSync(new URL('../data/divisions.csv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const comma = line.indexOf(',')
    return { code: line.slice(0, comma), name: line.slice(comma + 1) }
  })
  .sort((a, b) => (a.code < b.code ? -1 : 1))

export const counties = divisions.filter((division) => division.code.length === 6)
export const townships = divisions.filter((division) => division.code.length === 9)
export const villages = divisions.filter((division) => division.code.length === 12)

const names = new Map(divisions.map((division) => [division.code, division.name]))

/** The element at `index` modulo the length. */
export function pick<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length]
  if (found === undefined) throw new RangeError('pick from an empty list')
  return found
}

/** A made-up address in a real village or neighbourhood. */
export function address(hash: number): string {
  const village = pick(villages, hash)
  const county = names.get(village.code.slice(0, 6)) ?? ''
  const town = names.get(village.code.slice(0, 9)) ?? ''
  return `河北省衡水市${county}${town}${village.name}${(hash % 97) + 1}号`
}
