import { flawOn } from './dirt.ts'
import { everBorn, isPresent, type Life } from './life.ts'

/**
 * What a source shows on a day, in its order: one entry per record, `ordinal * 4 + copy`; copy 0 is the record,
 * 1 an exact duplicate after it, 2 a second record with the same key and different content.
 */
export type Entry = number
export const copies = { record: 0, duplicate: 1, conflict: 2 } as const

export function ordinalOf(entry: Entry): number {
  return Math.floor(entry / 4)
}

/** Every record shown on `day`; with `after`, only those that came into being later than that day (append). */
export function listingOn(life: Life, day: number, after = 0): Float64Array {
  const entries = new Float64Array((everBorn(life, day) - everBorn(life, after)) * 2)
  let count = 0
  for (let ordinal = everBorn(life, after); ordinal < everBorn(life, day); ordinal += 1) {
    if (!isPresent(life, ordinal, day)) continue
    entries[count++] = ordinal * 4
    const copy = copyOf(life, ordinal, day)
    if (copy !== copies.record) entries[count++] = ordinal * 4 + copy
  }
  return entries.subarray(0, count)
}

/** Which second copy a record has on `day`; `record` means none. */
export function copyOf(life: Life, ordinal: number, day: number): number {
  const kind = flawOn(life, ordinal, day)?.kind
  if (kind === 'duplicate') return copies.duplicate
  return kind === 'key-conflict' ? copies.conflict : copies.record
}
