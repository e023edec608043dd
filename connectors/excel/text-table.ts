const CHUNK_BYTES = 4 * 1024 * 1024

/**
 * The shared strings of a workbook, kept as UTF-8 in a few large buffers: a million small strings would take
 * several times the memory.
 */
export class TextTable {
  readonly #chunks: Buffer[] = []
  /** Of each text: its chunk, where it starts, where it ends. */
  #places = new Uint32Array(3 * 1024)
  #count = 0
  #used = CHUNK_BYTES

  get count(): number {
    return this.#count
  }

  add(text: string): void {
    const length = Buffer.byteLength(text)
    if (this.#used + length > (this.#chunks.at(-1)?.length ?? 0)) {
      this.#chunks.push(Buffer.allocUnsafe(Math.max(CHUNK_BYTES, length)))
      this.#used = 0
    }
    this.#chunks.at(-1)?.write(text, this.#used)
    const at = 3 * this.#count++
    if (at + 3 > this.#places.length) this.#grow()
    this.#places.set([this.#chunks.length - 1, this.#used, this.#used + length], at)
    this.#used += length
  }

  get(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined
    const [chunk = 0, start, end] = this.#places.subarray(3 * index, 3 * index + 3)
    return this.#chunks[chunk]?.toString('utf8', start, end)
  }

  #grow(): void {
    const larger = new Uint32Array(this.#places.length * 2)
    larger.set(this.#places)
    this.#places = larger
  }
}
