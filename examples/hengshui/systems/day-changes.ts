import { everBorn, isPresent, type Life, versionOn } from '../generator/life.ts'

/** Records that differ between two days, as entries of a listing. */
export interface DayChanges {
  /** New or changed: to be written as they stand on the later day. */
  readonly fresh: Float64Array
  /** Gone since the earlier day. */
  readonly vanished: Float64Array
}

export function dayChanges(life: Life, from: number, to: number): DayChanges {
  const fresh: number[] = []
  const vanished: number[] = []
  for (let ordinal = 0; ordinal < everBorn(life, to); ordinal += 1) {
    const before = isPresent(life, ordinal, from)
    const after = isPresent(life, ordinal, to)
    if (before && !after) vanished.push(ordinal * 4)
    if (after && (!before || versionOn(life, ordinal, from) !== versionOn(life, ordinal, to))) {
      fresh.push(ordinal * 4)
    }
  }
  return { fresh: Float64Array.from(fresh), vanished: Float64Array.from(vanished) }
}
