import { type Halves, highHalf, lowHalf } from './halves.ts'

/**
 * Finds the position of a digest in an array of digests: open addressing over typed arrays, 5 to 10 bytes a digest,
 * no object for any of them. Of equal digests the first is found.
 */
export class DigestIndex {
  readonly #halves: Halves
  /** Position + 1 of the digest in each slot; 0: none. */
  readonly #slots: Uint32Array
  readonly #mask: number

  constructor(halves: Halves) {
    const count = halves.length / 2
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, count * 1.4)))
    this.#halves = halves
    this.#slots = new Uint32Array(capacity)
    this.#mask = capacity - 1
    for (let at = 0; at < count; at += 1) {
      const slot = this.#slotOf(halves[at * 2 + lowHalf] ?? 0, halves[at * 2 + highHalf] ?? 0)
      if (this.#slots[slot] === 0) this.#slots[slot] = at + 1
    }
  }

  /** -1: there is no such digest. */
  find(low: number, high: number): number {
    return (this.#slots[this.#slotOf(low, high)] ?? 0) - 1
  }

  /** The slot of a digest, or the empty one where it would go. Digests are evenly spread: their low bits serve as hash. */
  #slotOf(low: number, high: number): number {
    const halves = this.#halves
    let slot = low & this.#mask
    for (;;) {
      const at = (this.#slots[slot] ?? 0) - 1
      if (at < 0 || (halves[at * 2 + lowHalf] === low && halves[at * 2 + highHalf] === high)) return slot
      slot = (slot + 1) & this.#mask
    }
  }
}
