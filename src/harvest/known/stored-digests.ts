import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Halves, highHalf, lowHalf } from './halves.ts'

/** The digests of the stored rows, in the order of the listing they came from. */
export interface StoredDigests extends Disposable {
  readonly count: number
  /** At least one and at most `most` digests from position `from` on, to be used before the next call; none behind the end. */
  slice(from: number, most: number): Halves
  /** All of them, where they are held in memory. */
  readonly whole: Halves | undefined
  /** Positions of digests by which a place in a long order is found again, where not all are held in memory. */
  readonly anchors: ReadonlyMap<bigint, number>
}

/** Up to so many digests are held in memory (8 bytes each); more go to a file. */
export const mostInMemory = 2_000_000
/** Of digests in a file about one in so many is an anchor. */
const anchorMask = 1023
const windowDigests = 64 * 1024

/** Collects digests as they come and gives them back in that order, in bounded memory. */
export class DigestCollector {
  readonly #limit: number
  #memory: Uint32Array
  #used = 0
  #file: number | undefined
  #written = 0
  readonly #anchors = new Map<bigint, number>()

  /** `expected` is a guess; `limit`: how many digests may be held in memory. */
  constructor(expected: number, limit: number = mostInMemory) {
    this.#limit = limit
    this.#memory = new Uint32Array(Math.max(1024, Math.min(expected, limit)) * 2)
  }

  add(low: number, high: number): void {
    if (this.#used === this.#memory.length) this.#makeRoom()
    this.#memory[this.#used + lowHalf] = low
    this.#memory[this.#used + highHalf] = high
    this.#used += 2
  }

  /** Takes in many at once. */
  addAll(halves: Halves): void {
    let from = 0
    while (from < halves.length) {
      if (this.#used === this.#memory.length) this.#makeRoom()
      const some = Math.min(halves.length - from, this.#memory.length - this.#used)
      this.#memory.set(halves.subarray(from, from + some), this.#used)
      this.#used += some
      from += some
    }
  }

  finish(): StoredDigests {
    if (this.#file === undefined) return inMemory(this.#memory.subarray(0, this.#used))
    this.#spill(this.#file)
    return new FileDigests(this.#file, this.#written, this.#anchors)
  }

  #makeRoom(): void {
    if (this.#memory.length / 2 >= this.#limit || this.#file !== undefined) {
      this.#file ??= openNameless()
      this.#spill(this.#file)
      return
    }
    const larger = new Uint32Array(Math.min(this.#memory.length * 2, this.#limit * 2))
    larger.set(this.#memory)
    this.#memory = larger
  }

  #spill(file: number): void {
    const { buffer, byteOffset } = this.#memory
    let at = 0
    const size = this.#used * 4
    while (at < size) at += writeSync(file, new Uint8Array(buffer, byteOffset + at, size - at))
    const digests = new BigInt64Array(buffer, byteOffset, this.#used / 2)
    for (let index = 0; index < digests.length; index += 1) {
      if (((this.#memory[index * 2 + lowHalf] ?? 0) & anchorMask) !== 0) continue
      const digest = digests[index] ?? 0n
      if (!this.#anchors.has(digest)) this.#anchors.set(digest, this.#written + index)
    }
    this.#written += this.#used / 2
    this.#used = 0
  }
}

export function isAnchor(low: number): boolean {
  return (low & anchorMask) === 0
}

function inMemory(whole: Halves): StoredDigests {
  return {
    count: whole.length / 2,
    whole,
    anchors: new Map(),
    slice: (from, most) => whole.subarray(from * 2, (from + most) * 2),
    [Symbol.dispose]() {},
  }
}

/** Reads a window at a time; a listing mostly follows the order of the one before. */
class FileDigests implements StoredDigests {
  readonly whole = undefined
  readonly count: number
  readonly anchors: ReadonlyMap<bigint, number>
  readonly #file: number
  readonly #window = new Uint32Array(windowDigests * 2)
  #from = 0
  #length = 0

  constructor(file: number, count: number, anchors: ReadonlyMap<bigint, number>) {
    this.#file = file
    this.count = count
    this.anchors = anchors
  }

  slice(from: number, most: number): Halves {
    if (from >= this.count) return this.#window.subarray(0, 0)
    const inside = from >= this.#from && from < this.#from + this.#length
    if (!inside) this.#load(from)
    const start = from - this.#from
    return this.#window.subarray(start * 2, Math.min(start + most, this.#length) * 2)
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }

  #load(from: number): void {
    const bytes = new Uint8Array(this.#window.buffer)
    const wanted = Math.min(windowDigests, this.count - from) * 8
    let got = 0
    while (got < wanted) {
      const read = readSync(this.#file, bytes, got, wanted - got, from * 8 + got)
      if (read === 0) throw new Error('the file of digests ends early')
      got += read
    }
    this.#from = from
    this.#length = wanted / 8
  }
}

/** A file that nobody else can open and that goes with this process, however it ends. */
function openNameless(): number {
  const name = path.join(tmpdir(), `guiji-digests-${process.pid}-${process.hrtime.bigint()}`)
  const file = openSync(name, 'wx+', 0o600)
  unlinkSync(name)
  return file
}
