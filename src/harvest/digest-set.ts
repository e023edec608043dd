/** What a digest that is known before a listing is read stands for. */
export const stored = 1
export const rejected = 2
const seenFlag = 4

/** What a record of the listing turned out to be. */
export type Sighting = 'new' | 'unchanged' | 'rejected' | 'duplicate'

/**
 * The digests known before a run, in typed arrays (open addressing, linear probing): 9 bytes a slot, no object per
 * row. Each record of a listing is looked up once; what was never seen has vanished from the source.
 */
export class DigestSet {
  #keys: BigInt64Array
  #flags: Uint8Array
  #mask: number
  #size = 0

  constructor(expected: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 1.6)))
    this.#keys = new BigInt64Array(capacity)
    this.#flags = new Uint8Array(capacity)
    this.#mask = capacity - 1
  }

  get size(): number {
    return this.#size
  }

  add(digest: bigint, kind: typeof stored | typeof rejected): void {
    if ((this.#size + 1) * 1.25 > this.#keys.length) this.#grow()
    const at = this.#find(digest)
    if (this.#flags[at] !== 0) return
    this.#keys[at] = digest
    this.#flags[at] = kind
    this.#size += 1
  }

  /** Looks a record up and marks it seen. A second sighting of a stored record is a duplicate. */
  see(digest: bigint): Sighting {
    const at = this.#find(digest)
    const flags = this.#flags[at] ?? 0
    if (flags === 0) return 'new'
    if ((flags & seenFlag) === 0) this.#flags[at] = flags | seenFlag
    if ((flags & rejected) !== 0) return 'rejected'
    return (flags & seenFlag) === 0 ? 'unchanged' : 'duplicate'
  }

  /** Digests of one kind that no record of the listing had. */
  *unseen(kind: typeof stored | typeof rejected): Generator<bigint> {
    for (let at = 0; at < this.#keys.length; at += 1) {
      if (this.#flags[at] === kind) yield this.#keys[at] ?? 0n
    }
  }

  /** Digests of one kind that some record of the listing had. */
  *seen(kind: typeof stored | typeof rejected): Generator<bigint> {
    for (let at = 0; at < this.#keys.length; at += 1) {
      if (this.#flags[at] === (kind | seenFlag)) yield this.#keys[at] ?? 0n
    }
  }

  /** The slot of a digest, or the empty slot where it would go. Digests are evenly spread: their low bits serve as hash. */
  #find(digest: bigint): number {
    let at = Number(BigInt.asUintN(32, digest)) & this.#mask
    while (this.#flags[at] !== 0 && this.#keys[at] !== digest) at = (at + 1) & this.#mask
    return at
  }

  #grow(): void {
    const keys = this.#keys
    const flags = this.#flags
    this.#keys = new BigInt64Array(keys.length * 2)
    this.#flags = new Uint8Array(keys.length * 2)
    this.#mask = this.#keys.length - 1
    for (let from = 0; from < keys.length; from += 1) {
      const flag = flags[from] ?? 0
      if (flag === 0) continue
      const at = this.#find(keys[from] ?? 0n)
      this.#keys[at] = keys[from] ?? 0n
      this.#flags[at] = flag
    }
  }
}
