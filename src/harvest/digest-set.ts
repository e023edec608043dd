/** What a digest that is known before a listing is read stands for. */
export const stored = 1
export const rejected = 2
const seenFlag = 4

export type DigestKind = typeof stored | typeof rejected

/** What a record of the listing turned out to be. */
export type Sighting = 'new' | 'unchanged' | 'rejected' | 'duplicate'

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
/** Where the low and the high half of a 64-bit number stand when its memory is looked at as 32-bit words. */
export const lowHalf = littleEndian ? 0 : 1
export const highHalf = 1 - lowHalf

/**
 * The digests known before a run, in typed arrays (open addressing, linear probing): 9 bytes a slot, no object per
 * row. Each record of a listing is looked up once; what was never seen has vanished from the source.
 *
 * Digests go in and out as two 32-bit halves: a bigint for each of millions would cost six times as much.
 */
export class DigestSet {
  #keys: BigInt64Array
  /** The same memory in halves. */
  #halves: Uint32Array
  #flags: Uint8Array
  #mask: number
  #size = 0

  constructor(expected: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 1.6)))
    this.#keys = new BigInt64Array(capacity)
    this.#halves = new Uint32Array(this.#keys.buffer)
    this.#flags = new Uint8Array(capacity)
    this.#mask = capacity - 1
  }

  get size(): number {
    return this.#size
  }

  add(low: number, high: number, kind: DigestKind): void {
    if ((this.#size + 1) * 1.25 > this.#flags.length) this.#grow()
    const at = this.#find(low, high)
    if (this.#flags[at] !== 0) return
    this.#put(at, low, high, kind)
    this.#size += 1
  }

  /** Looks a record up and marks it seen. A second sighting of a stored record is a duplicate. */
  see(low: number, high: number): Sighting {
    const at = this.#find(low, high)
    const flags = this.#flags[at] ?? 0
    if (flags === 0) return 'new'
    if ((flags & seenFlag) === 0) this.#flags[at] = flags | seenFlag
    if ((flags & rejected) !== 0) return 'rejected'
    return (flags & seenFlag) === 0 ? 'unchanged' : 'duplicate'
  }

  /** Digests of one kind that no record of the listing had. */
  *unseen(kind: DigestKind): Generator<bigint> {
    for (let at = 0; at < this.#keys.length; at += 1) {
      if (this.#flags[at] === kind) yield this.#keys[at] ?? 0n
    }
  }

  /** Digests of one kind that some record of the listing had. */
  *seen(kind: DigestKind): Generator<bigint> {
    for (let at = 0; at < this.#keys.length; at += 1) {
      if (this.#flags[at] === (kind | seenFlag)) yield this.#keys[at] ?? 0n
    }
  }

  /** The slot of a digest, or the empty slot where it would go. Digests are evenly spread: their low bits serve as hash. */
  #find(low: number, high: number): number {
    let at = low & this.#mask
    while (
      this.#flags[at] !== 0 &&
      !(this.#halves[at * 2 + lowHalf] === low && this.#halves[at * 2 + highHalf] === high)
    )
      at = (at + 1) & this.#mask
    return at
  }

  #put(at: number, low: number, high: number, flags: number): void {
    this.#halves[at * 2 + lowHalf] = low
    this.#halves[at * 2 + highHalf] = high
    this.#flags[at] = flags
  }

  #grow(): void {
    const halves = this.#halves
    const flags = this.#flags
    this.#keys = new BigInt64Array(flags.length * 2)
    this.#halves = new Uint32Array(this.#keys.buffer)
    this.#flags = new Uint8Array(flags.length * 2)
    this.#mask = this.#flags.length - 1
    for (let from = 0; from < flags.length; from += 1) {
      const flag = flags[from] ?? 0
      if (flag === 0) continue
      const low = halves[from * 2 + lowHalf] ?? 0
      const high = halves[from * 2 + highHalf] ?? 0
      this.#put(this.#find(low, high), low, high, flag)
    }
  }
}

/** The memory of 64-bit digests as 32-bit halves; see `lowHalf` and `highHalf`. */
export function halvesOf(digests: BigInt64Array): Uint32Array {
  return new Uint32Array(digests.buffer, digests.byteOffset, digests.length * 2)
}
