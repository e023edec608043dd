import { datasetByCode } from '../list/the-list.ts'
import type { Dataset, RejectKind } from '../list/types.ts'
import { flawOn, rejectsItself } from './dirt.ts'
import { everBorn, isPresent, type Life, lifeOf, versionOn } from './life.ts'
import { copies, copyOf } from './listing.ts'

/**
 * What a harvest on `day` must find, when the last one was on the day before. The accounts balance:
 * `rows = inserted + updated + unchanged + duplicates + rejected`, `heldAfter = heldBefore + inserted + restored − deleted`.
 */
export interface ExpectedChanges {
  readonly dataset: string
  readonly day: number
  /**
   * Records read: all the source shows, or the new events of the day for an append dataset. Where a harvest reads
   * by cursor it may see some of them again.
   */
  readonly rows: bigint
  readonly inserted: bigint
  readonly updated: bigint
  readonly deleted: bigint
  /** Back after an absence; also counted as updated or unchanged, never as inserted. */
  readonly restored: bigint
  readonly unchanged: bigint
  readonly duplicates: bigint
  readonly rejected: Readonly<Partial<Record<RejectKind, bigint>>>
  readonly heldBefore: bigint
  readonly heldAfter: bigint
}

interface Tally {
  rows: number
  inserted: number
  updated: number
  deleted: number
  restored: number
  unchanged: number
  duplicates: number
  rejected: Map<RejectKind, number>
}

/** The changes from `day - 1` to `day` (day 1: from nothing), by going through the lives of all records. */
export function expectedChanges(code: string, day: number, scale: number): ExpectedChanges {
  return changesBetween(datasetByCode(code), day - 1, day, scale)
}

/** The same over several days, as a harvest finds them that did not run in between. */
export function changesBetween(dataset: Dataset, from: number, to: number, scale: number): ExpectedChanges {
  const life = lifeOf(dataset, scale)
  const tally: Tally = {
    rows: 0,
    inserted: 0,
    updated: 0,
    deleted: 0,
    restored: 0,
    unchanged: 0,
    duplicates: 0,
    rejected: new Map(),
  }
  // An append harvest reads what is new; everything else reads the whole listing.
  const first = dataset.mode === 'append' ? everBorn(life, from) : 0
  for (let ordinal = first; ordinal < everBorn(life, to); ordinal += 1) {
    countRead(tally, life, ordinal, to)
    countHeld(tally, life, ordinal, from, to)
  }
  const heldBefore = heldOn(life, from)
  const { rejected, ...counts } = tally
  return {
    dataset: dataset.code,
    day: to,
    rows: BigInt(counts.rows),
    inserted: BigInt(counts.inserted),
    updated: BigInt(counts.updated),
    deleted: BigInt(counts.deleted),
    restored: BigInt(counts.restored),
    unchanged: BigInt(counts.unchanged),
    duplicates: BigInt(counts.duplicates),
    rejected: Object.fromEntries([...rejected].map(([reason, count]) => [reason, BigInt(count)])),
    heldBefore: BigInt(heldBefore),
    heldAfter: BigInt(heldBefore + counts.inserted + counts.restored - counts.deleted),
  }
}

function countRead(tally: Tally, life: Life, ordinal: number, day: number): void {
  if (!isPresent(life, ordinal, day)) return
  tally.rows += 1
  const flaw = flawOn(life, ordinal, day)
  if (rejectsItself(flaw)) reject(tally, flaw.kind)
  const copy = copyOf(life, ordinal, day)
  if (copy === copies.record) return
  tally.rows += 1
  if (copy === copies.duplicate) tally.duplicates += 1
  else reject(tally, 'key-conflict')
}

function reject(tally: Tally, reason: RejectKind): void {
  tally.rejected.set(reason, (tally.rejected.get(reason) ?? 0) + 1)
}

function countHeld(tally: Tally, life: Life, ordinal: number, from: number, to: number): void {
  if (!isHeld(life, ordinal, to)) {
    if (isHeld(life, ordinal, from)) tally.deleted += 1
    return
  }
  const last = lastHeld(life, ordinal, from)
  if (last === undefined) {
    tally.inserted += 1
    return
  }
  if (last < from) tally.restored += 1
  if (versionOn(life, ordinal, last) === versionOn(life, ordinal, to)) tally.unchanged += 1
  else tally.updated += 1
}

function isHeld(life: Life, ordinal: number, day: number): boolean {
  return isPresent(life, ordinal, day) && !rejectsItself(flawOn(life, ordinal, day))
}

/** The last day up to `day` on which the record was there and fit. */
function lastHeld(life: Life, ordinal: number, day: number): number | undefined {
  for (let earlier = day; earlier >= 1; earlier -= 1) {
    if (isHeld(life, ordinal, earlier)) return earlier
  }
  return undefined
}

function heldOn(life: Life, day: number): number {
  let held = 0
  for (let ordinal = 0; ordinal < everBorn(life, day); ordinal += 1) {
    if (isHeld(life, ordinal, day)) held += 1
  }
  return held
}
