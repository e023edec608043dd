/**
 * Finds the records of CSV text on its bytes, without decoding.
 *
 * A newline with no quote open ends a record; quotes count as RFC 4180 has them: a field is quoted when a quote is
 * its first byte, a doubled quote inside is a quote, the closing quote stands before a delimiter or the end of the
 * record. That is safe in UTF-8 and in GB18030, where the bytes of newline, quote and comma are never part of
 * another character.
 *
 * **A stray quote must not swallow the file.** A quote that stands where none may stand, and one that is not closed
 * before 1 MiB of lines or the end of the file has gone by, breaks its record: the record is then its first
 * physical line and no more, and reading goes on at the next line. So each damaged line is a record of its own, the
 * lines after it are read as they stand, and every line is counted. Such a record never decodes.
 */

import { RecordRanges } from '../../src/records/record-ranges.ts'

const LF = 10
const CR = 13

/** A quoted field that runs over lines for longer than this was never closed. */
export const MAX_QUOTED_LINES_BYTES = 1024 * 1024
/** A record longer than this is not kept whole. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024
/** What is kept of it. */
export const OVERSIZE_KEPT_BYTES = 64 * 1024

const INCOMPLETE = -1

/** Records found in one buffer: record i is `[starts[i], ends[i])`. */
export interface CutRecords {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly count: number
  /** Where the unfinished record begins that needs more bytes; the length of the buffer when there is none. */
  readonly rest: number
  /** Newlines passed up to `rest`. */
  readonly newlines: number
  /** Records with quotes where none may stand: COPY would read them otherwise than `decode` does. */
  readonly irregular: readonly number[]
  /** Records of which only the beginning was kept. */
  readonly oversize: readonly number[]
  /** A quote was still open when the file ended. */
  readonly unclosed: boolean
}

export class RecordCutter {
  readonly #quote: number
  readonly #delimiter: number
  /** In the rest of an oversize record: everything up to the next newline is passed over. */
  #skipping = false
  readonly #ranges = new RecordRanges()
  #newlines = 0
  #unclosed = false
  #irregular: number[] = []
  #oversize: number[] = []

  constructor(dialect: { readonly quote: string; readonly delimiter: string }) {
    this.#quote = dialect.quote.charCodeAt(0)
    this.#delimiter = dialect.delimiter.charCodeAt(0)
  }

  /** Cuts `bytes` from `from` to its end; `last` says that nothing follows. */
  cut(bytes: Buffer, from: number, last: boolean): CutRecords {
    this.#newlines = 0
    this.#irregular = []
    this.#oversize = []
    const rest = this.#cutAll(bytes, this.#skipping ? this.#skip(bytes, from) : from, last)
    return {
      ...this.#ranges.take(),
      rest,
      newlines: this.#newlines,
      irregular: this.#irregular,
      oversize: this.#oversize,
      unclosed: this.#unclosed,
    }
  }

  /** A record is searched byte by byte only where it has a quote; elsewhere its newline is found at memory speed. */
  #cutAll(bytes: Buffer, from: number, last: boolean): number {
    const length = bytes.length
    let start = from
    let quote = from - 1
    while (start < length) {
      if (quote < start) quote = positionIn(bytes, this.#quote, start)
      let at = positionIn(bytes, LF, start)
      if (quote < at) at = this.#quotedRecord(bytes, start, quote, last)
      else if (at === length && !last) at = INCOMPLETE
      if (at === INCOMPLETE) return this.#keepRest(bytes, start)
      if (at - start > MAX_RECORD_BYTES) this.#addOversize(start)
      else this.#add(bytes, start, at)
      if (at < length) this.#newlines++
      start = at + 1
    }
    return length
  }

  /** The end of the record that begins at `start` and has its first quote at `at`, or INCOMPLETE. */
  #quotedRecord(bytes: Buffer, start: number, at: number, last: boolean): number {
    const quote = this.#quote
    const length = bytes.length
    const before = this.#newlines
    let open = false
    let firstNewline = -1
    for (let i = at; i < length; i++) {
      const byte = bytes[i]
      if (byte === quote) {
        if (open && bytes[i + 1] === quote) {
          i++
          continue
        }
        const fits = open ? this.#mayFollow(bytes, i + 1) : i === start || bytes[i - 1] === this.#delimiter
        if (!fits) return this.#break(bytes, { from: firstNewline === -1 ? i : firstNewline, before, last })
        open = !open
      } else if (byte === LF) {
        if (!open) return i
        if (firstNewline === -1) firstNewline = i
        this.#newlines++
        const tooLong = i - start > MAX_QUOTED_LINES_BYTES
        if (tooLong) return this.#break(bytes, { from: firstNewline, before, last })
      }
    }
    if (!last) return this.#undo(before)
    if (!open) return length
    this.#unclosed = true
    return this.#break(bytes, { from: firstNewline === -1 ? length : firstNewline, before, last })
  }

  /** A closing quote stands before a delimiter, a line end or the end of the file. */
  #mayFollow(bytes: Buffer, next: number): boolean {
    const byte = bytes[next]
    if (byte === this.#delimiter || byte === LF || byte === undefined) return true
    return byte === CR && (bytes[next + 1] === LF || bytes[next + 1] === undefined)
  }

  /** Ends a damaged record with its first line, the newline of which is at `from` or after. */
  #break(bytes: Buffer, damage: { from: number; before: number; last: boolean }): number {
    this.#newlines = damage.before
    const newline = bytes.indexOf(LF, damage.from)
    if (newline === -1 && !damage.last) return INCOMPLETE
    this.#irregular.push(this.#ranges.count)
    return newline === -1 ? bytes.length : newline
  }

  #undo(newlines: number): number {
    this.#newlines = newlines
    return INCOMPLETE
  }

  /** An unfinished record waits for more bytes, unless it has become too long to be kept. */
  #keepRest(bytes: Buffer, start: number): number {
    if (bytes.length - start <= MAX_RECORD_BYTES) return start
    this.#addOversize(start)
    this.#skipping = true
    return bytes.length
  }

  #skip(bytes: Buffer, from: number): number {
    const newline = bytes.indexOf(LF, from)
    if (newline === -1) return bytes.length
    this.#skipping = false
    this.#newlines++
    return newline + 1
  }

  #addOversize(start: number): void {
    if (this.#irregular.at(-1) !== this.#ranges.count) this.#irregular.push(this.#ranges.count)
    this.#oversize.push(this.#ranges.count)
    this.#ranges.add(start, start + OVERSIZE_KEPT_BYTES)
  }

  /** Empty lines are no records. */
  #add(bytes: Buffer, start: number, end: number): void {
    const trimmed = end > start && bytes[end - 1] === CR ? end - 1 : end
    if (trimmed > start) this.#ranges.add(start, trimmed)
  }
}

/** Where `byte` stands next; the length of the buffer where it does not. */
function positionIn(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from)
  return at === -1 ? bytes.length : at
}
