const FIRST_ROOM = 16 * 1024

/** Collects where the records of a buffer begin and end, without an object for each. */
export class RecordRanges {
  #starts = new Uint32Array(FIRST_ROOM)
  #ends = new Uint32Array(FIRST_ROOM)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(start: number, end: number): void {
    if (this.#count === this.#starts.length) {
      this.#starts = doubled(this.#starts)
      this.#ends = doubled(this.#ends)
    }
    this.#starts[this.#count] = start
    this.#ends[this.#count] = end
    this.#count++
  }

  /** Hands over what was collected and begins anew. */
  take(): { readonly starts: Uint32Array; readonly ends: Uint32Array; readonly count: number } {
    const count = this.#count
    this.#count = 0
    return { starts: this.#starts.slice(0, count), ends: this.#ends.slice(0, count), count }
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
