import { DigestIndex } from './digest-index.ts'
import { digestAt, type Halves, highHalf, lowHalf, sameAtStart } from './halves.ts'
import { isAnchor, type StoredDigests } from './stored-digests.ts'

/** What became of the records of one batch: counts of those known, and the positions of the others. */
export interface Sightings {
  readonly fresh: readonly number[]
  readonly unchanged: number
  /** A second record with the digest of a stored row. */
  readonly duplicate: number
  /** Positions of records that an earlier run rejected as they are. */
  readonly rejected: readonly number[]
}

/** Is told the order of a listing's records: stretches of stored ones, and digests that are new. */
export interface OrderObserver {
  /** Stored digests, those of `from` and the following positions. */
  stored(from: number, digests: Halves): void
  fresh(digest: Halves): void
}

/** A changed record is looked for so far ahead: an insertion or a few deletions are passed over this way. */
const lookAhead = 128
/** So few are looked for everywhere at once. */
const fewDigests = 65_536
/** Of more, after so many strangers in a row the order is not the old one, and the place is looked for everywhere. */
const mostStrangers = (count: number) => (count <= fewDigests ? 0 : Math.max(256, count >> 8))

/**
 * What is known before a listing is read: the digests of the stored rows in the order they were listed, and those of
 * the open rejects. Most listings come in the same order again: they are compared side by side with it, without
 * looking anything up. Where the order breaks, the place is found by an index of all digests or, where there are too
 * many to hold, by anchors: digests chosen by their own value, as backup programs choose the ends of their chunks.
 *
 * A record is called fresh where it is not found. That costs a look into the store and never more: what is staged is
 * told apart there by identity.
 */
export class KnownRecords implements Disposable {
  readonly #stored: StoredDigests
  readonly #rejects: Halves
  readonly #rejectIndex: DigestIndex
  readonly #observer: OrderObserver | undefined
  readonly #seen: Uint8Array
  readonly #seenRejects: Uint8Array
  #index: DigestIndex | undefined
  #next = 0
  #strangers = 0

  constructor(stored: StoredDigests, rejects: Halves, observer?: OrderObserver) {
    this.#stored = stored
    this.#rejects = rejects
    this.#rejectIndex = new DigestIndex(rejects)
    this.#observer = observer
    this.#seen = new Uint8Array((stored.count + 7) >> 3)
    this.#seenRejects = new Uint8Array(rejects.length / 2)
  }

  see(halves: Halves): Sightings {
    const count = halves.length / 2
    const fresh: number[] = []
    const rejected: number[] = []
    let unchanged = 0
    let duplicate = 0
    let at = 0
    while (at < count) {
      const run = this.#run(halves, at, count)
      unchanged += run
      at += run
      if (at === count || run > 0) continue
      const low = halves[at * 2 + lowHalf] ?? 0
      const high = halves[at * 2 + highHalf] ?? 0
      const found = this.#find(low, high)
      if (found >= 0 && this.#isSeen(found)) duplicate += 1
      else if (found >= 0) {
        this.#mark(found, halves.subarray(at * 2, at * 2 + 2))
        unchanged += 1
      } else if (this.#seeReject(low, high)) rejected.push(at)
      else {
        fresh.push(at)
        this.#observer?.fresh(halves.subarray(at * 2, at * 2 + 2))
      }
      at += 1
    }
    return { fresh, unchanged, duplicate, rejected }
  }

  /** Digests of stored rows that no record of the listing was seen to have. */
  *unseen(): Generator<bigint> {
    for (let at = 0; at < this.#stored.count; ) {
      if ((at & 7) === 0 && this.#seen[at >> 3] === 0xff) {
        at += 8
        continue
      }
      if (!this.#isSeen(at)) yield digestAt(this.#stored.slice(at, 1), 0)
      at += 1
    }
  }

  /** Digests of rejects that some record of the listing had. */
  *metRejects(): Generator<bigint> {
    for (let at = 0; at < this.#seenRejects.length; at += 1) {
      if (this.#seenRejects[at] === 1) yield digestAt(this.#rejects, at)
    }
  }

  [Symbol.dispose](): void {
    this.#stored[Symbol.dispose]()
  }

  /** How many records from `at` on are the stored ones that come next, none of them seen before. */
  #run(halves: Halves, at: number, count: number): number {
    const expected = this.#stored.slice(this.#next, count - at)
    const same = sameAtStart(halves, at, expected, 0, Math.min(expected.length / 2, count - at))
    let unseen = 0
    while (unseen < same && !this.#isSeen(this.#next + unseen)) unseen += 1
    if (unseen > 0) this.#mark(this.#next, halves.subarray(at * 2, (at + unseen) * 2))
    return unseen
  }

  /** The position of a digest among the stored ones, or -1 where it is not found. */
  #find(low: number, high: number): number {
    const near = this.#findNear(this.#next, low, high)
    if (near >= 0) return near
    // Behind a run of changed records the next one stands as far on as there were of them.
    const beyond = this.#strangers < lookAhead ? -1 : this.#findNear(this.#next + this.#strangers, low, high)
    if (beyond >= 0) return beyond
    this.#strangers += 1
    if (this.#strangers < mostStrangers(this.#stored.count)) return -1
    if (this.#stored.whole !== undefined) {
      this.#index ??= new DigestIndex(this.#stored.whole)
      return this.#index.find(low, high)
    }
    return isAnchor(low) ? (this.#stored.anchors.get(digestAt(pair(low, high), 0)) ?? -1) : -1
  }

  #findNear(from: number, low: number, high: number): number {
    const ahead = this.#stored.slice(from, lookAhead)
    for (let step = 0; step * 2 < ahead.length; step += 1) {
      if (ahead[step * 2 + lowHalf] === low && ahead[step * 2 + highHalf] === high) return from + step
    }
    return -1
  }

  #mark(from: number, digests: Halves): void {
    const count = digests.length / 2
    markBits(this.#seen, from, from + count)
    this.#observer?.stored(from, digests)
    this.#next = from + count
    // Once the order is known to be broken, each next record may be anywhere.
    if (this.#index === undefined) this.#strangers = 0
  }

  #isSeen(at: number): boolean {
    return ((this.#seen[at >> 3] ?? 0) & (1 << (at & 7))) !== 0
  }

  #seeReject(low: number, high: number): boolean {
    const found = this.#rejectIndex.find(low, high)
    if (found < 0) return false
    this.#seenRejects[found] = 1
    return true
  }
}

function pair(low: number, high: number): Halves {
  const halves = new Uint32Array(2)
  halves[lowHalf] = low
  halves[highHalf] = high
  return halves
}

function markBits(bits: Uint8Array, from: number, until: number): void {
  let at = from
  for (; at < until && (at & 7) !== 0; at += 1) markBit(bits, at)
  const whole = at + ((until - at) & ~7)
  if (at < whole) bits.fill(0xff, at >> 3, whole >> 3)
  for (at = Math.max(at, whole); at < until; at += 1) markBit(bits, at)
}

function markBit(bits: Uint8Array, at: number): void {
  bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
}
