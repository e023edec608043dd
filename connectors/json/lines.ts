import {
  type CutJson,
  MAX_JSON_RECORD_BYTES,
  OVERSIZE_JSON_KEPT_BYTES,
} from '../../src/records/json-records.ts'
import { RecordRanges } from '../../src/records/record-ranges.ts'

const LF = 10

/** Cuts JSON Lines, block by block: every line that is not blank is a record. */
export class JsonLinesCutter {
  readonly #ranges = new RecordRanges()
  #skipping = false

  /** Cuts `bytes` from `from` to its end; `last` says that nothing follows. */
  cut(bytes: Buffer, from: number, last: boolean): CutJson {
    const oversize: number[] = []
    let start = from
    for (;;) {
      const newline = bytes.indexOf(LF, start)
      if (newline === -1 && !last) break
      const end = newline === -1 ? bytes.length : newline
      if (this.#skipping) this.#skipping = false
      else this.#add(bytes, { start, end }, oversize)
      start = end + 1
      if (start >= bytes.length) break
    }
    if (!last && start < bytes.length) start = this.#keepRest(bytes.length, start, oversize)
    return { ...this.#ranges.take(), rest: Math.min(start, bytes.length), oversize }
  }

  #keepRest(length: number, start: number, oversize: number[]): number {
    if (!this.#skipping && length - start <= MAX_JSON_RECORD_BYTES) return start
    if (!this.#skipping) this.#addOversize(start, oversize)
    this.#skipping = true
    return length
  }

  #add(bytes: Buffer, line: { start: number; end: number }, oversize: number[]): void {
    let { start, end } = line
    while (start < end && isBlank(bytes[start])) start++
    while (end > start && isBlank(bytes[end - 1])) end--
    if (end - start > MAX_JSON_RECORD_BYTES) this.#addOversize(start, oversize)
    else if (end > start) this.#ranges.add(start, end)
  }

  #addOversize(start: number, oversize: number[]): void {
    oversize.push(this.#ranges.count)
    this.#ranges.add(start, start + OVERSIZE_JSON_KEPT_BYTES)
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}
