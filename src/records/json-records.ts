/**
 * Finds the records of a JSON document on its bytes: the elements of the array at a path, each as the range of
 * bytes in which it stands, without building the document. Only brackets and strings are looked at inside a
 * record; whether it is valid is found when it is decoded (`json-fields.ts`).
 */
import { JsonEnvelope } from './json-envelope.ts'
import { RecordRanges } from './record-ranges.ts'

/** A record longer than this is not kept whole. */
export const MAX_JSON_RECORD_BYTES = 16 * 1024 * 1024
/** What is kept of it. */
export const OVERSIZE_JSON_KEPT_BYTES = 64 * 1024
const MAX_DEPTH = 1000

/** Records found in one buffer: record i is `[starts[i], ends[i])`. */
export interface JsonRecords {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly count: number
}

export interface CutJson extends JsonRecords {
  /** Where bytes begin that must be given again before the next ones; the length of the buffer when there are none. */
  readonly rest: number
  /** Records of which only the beginning was kept. */
  readonly oversize: readonly number[]
}

/**
 * The records of a whole body in memory. `path` names the array by keys with dots, `''` is the body itself; null at
 * the path stands for no records. `name` (a file, a URL without secrets) is for messages.
 *
 * `envelope` is the document with its records left out (`[]` in their place), ready for JSON.parse: where totals
 * and cursors are found at the cost of a few bytes.
 *
 * @throws GuijiError JSON_NO_RECORDS (no array there), JSON_BROKEN, JSON_TRUNCATED (with the byte offset)
 */
export function splitJsonRecords(
  body: Buffer,
  path: string,
  name: string,
): JsonRecords & { readonly oversize: readonly number[]; readonly envelope: Buffer } {
  const from = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  const cutter = new JsonArrayCutter(path, name, from)
  const { starts, ends, count, oversize } = cutter.cut(body, from, true)
  const { opened, closed } = cutter.array
  const envelope = Buffer.concat([body.subarray(from, opened), body.subarray(closed)])
  return { starts, ends, count, oversize, envelope }
}

/** Path keys of `data.rows`; none for `''`. */
export function pathKeys(path: string): readonly string[] {
  return path === '' ? [] : path.split('.')
}

/** Cuts a document that comes block by block. */
export class JsonArrayCutter {
  readonly #envelope: JsonEnvelope
  readonly #ranges = new RecordRanges()
  #phase: 'before' | 'elements' | 'after' = 'before'
  #between: 'element or ]' | 'element' | 'comma or ]' = 'element or ]'
  /** Offset in the document of the first byte that the next `cut` gets. */
  #offset: number
  /** Bytes of the unfinished record that were looked at already. */
  #scanned = 0
  #insideElement = false
  /** The unfinished record is too long and its rest is passed over. */
  #dropping = false
  #inString = false
  #escaped = false
  #brackets: number[] = []
  #oversize: number[] = []
  #array: { readonly opened: number; readonly closed: number }

  /** `offset`: bytes of the document before the first that is given to `cut`, such as a byte order mark. */
  constructor(path: string, name: string, offset = 0) {
    this.#envelope = new JsonEnvelope(pathKeys(path), name)
    this.#offset = offset
    this.#array = { opened: offset, closed: offset }
  }

  /** Offsets in the document after the `[` of the array and at its `]`. */
  get array(): { readonly opened: number; readonly closed: number } {
    return this.#array
  }

  /** Cuts `bytes` from `from`, which is where the rest of the last call begins; `last` says that nothing follows. */
  cut(bytes: Buffer, from: number, last: boolean): CutJson {
    this.#oversize = []
    const offset = this.#offset - from
    let at = from
    if (this.#phase === 'before') at = this.#before(bytes, at, { offset, last })
    if (this.#phase === 'elements') at = this.#elements(bytes, at, offset)
    if (this.#phase === 'after') at = this.#envelope.read(bytes, at, { offset, last }).at
    if (last) this.#checkEnd(bytes, offset)
    this.#offset += at - from
    return { ...this.#ranges.take(), rest: at, oversize: this.#oversize }
  }

  #before(bytes: Buffer, from: number, options: { offset: number; last: boolean }): number {
    const { at, inside } = this.#envelope.read(bytes, from, options)
    if (inside) {
      this.#phase = 'elements'
      this.#array = { opened: options.offset + at, closed: options.offset + at }
    }
    return at
  }

  #checkEnd(bytes: Buffer, offset: number): void {
    if (this.#phase === 'elements' || !this.#envelope.ended)
      throw this.#envelope.truncated(offset + bytes.length)
    if (!this.#envelope.found) throw this.#envelope.noRecords('the document has nothing there')
  }

  /** Reads elements until the array closes or the bytes end; returns where the unfinished element begins. */
  #elements(bytes: Buffer, from: number, offset: number): number {
    let at = from
    for (;;) {
      if (!this.#insideElement) {
        at = this.#toElement(bytes, at, offset)
        if (this.#phase !== 'elements' || at >= bytes.length) return at
        this.#insideElement = true
      }
      const end = this.#elementEnd(bytes, at + this.#scanned, { start: at, offset })
      if (end === -1) return this.#keepRest(bytes, at)
      if (!this.#dropping) this.#add(at, end)
      this.#dropping = false
      this.#insideElement = false
      this.#scanned = 0
      this.#between = 'comma or ]'
      at = end
    }
  }

  /** Passes over white space and commas to the next element or behind the end of the array. */
  #toElement(bytes: Buffer, from: number, offset: number): number {
    let at = from
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue
      if (byte === 0x5d && this.#between !== 'element') {
        this.#array = { ...this.#array, closed: offset + at }
        this.#phase = 'after'
        this.#envelope.closeArray()
        return at + 1
      }
      if (byte === 0x2c && this.#between === 'comma or ]') this.#between = 'element'
      else if (byte === 0x2c || this.#between === 'comma or ]' || byte === 0x5d || byte === 0x7d) {
        throw this.#envelope.broken(
          offset + at,
          `found ${String.fromCharCode(byte)}, expected ${this.#between}`,
        )
      } else return at
    }
    return at
  }

  /** Index after the element, or -1 when it goes on behind the end of the bytes. */
  #elementEnd(bytes: Buffer, from: number, place: { start: number; offset: number }): number {
    const first = bytes[place.start]
    if (first !== 0x7b && first !== 0x5b && first !== 0x22 && !this.#dropping)
      return primitiveEnd(bytes, from)
    if (from === place.start && !this.#dropping) {
      const end = wholeElementEnd(bytes, from)
      if (end !== -1) return end
    }
    const brackets = this.#brackets
    let at = from
    while (at < bytes.length) {
      if (this.#inString) {
        at = this.#stringEnd(bytes, at)
        if (at === -1) return -1
        if (brackets.length === 0) return at
      }
      const byte = bytes[at]
      if (byte === 0x22) this.#inString = true
      else if (byte === 0x7b || byte === 0x5b) {
        if (brackets.push(byte + 2) > MAX_DEPTH)
          throw this.#envelope.broken(place.offset + at, 'nested too deep')
      } else if (byte === 0x7d || byte === 0x5d) {
        const problem = `found ${String.fromCharCode(byte)} where another bracket has to close`
        if (brackets.pop() !== byte) throw this.#envelope.broken(place.offset + at, problem)
        if (brackets.length === 0) return at + 1
      }
      at++
    }
    return -1
  }

  /** Index after the closing quote, or -1. */
  #stringEnd(bytes: Buffer, from: number): number {
    let at = this.#escaped ? from + 1 : from
    this.#escaped = false
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === 0x22) {
        this.#inString = false
        return at + 1
      }
      if (byte === 0x5c) at++
    }
    this.#escaped = at > bytes.length
    return -1
  }

  #keepRest(bytes: Buffer, start: number): number {
    if (!this.#dropping && bytes.length - start <= MAX_JSON_RECORD_BYTES) {
      this.#scanned = bytes.length - start
      return start
    }
    if (!this.#dropping) this.#addOversize(start)
    this.#dropping = true
    this.#scanned = 0
    return bytes.length
  }

  #add(start: number, end: number): void {
    if (end - start > MAX_JSON_RECORD_BYTES) this.#addOversize(start)
    else this.#ranges.add(start, end)
  }

  #addOversize(start: number): void {
    this.#oversize.push(this.#ranges.count)
    this.#ranges.add(start, start + OVERSIZE_JSON_KEPT_BYTES)
  }
}

/** Of each byte: what it opens or closes. */
const TEXT = 1
const OPENS = 2
const CLOSES = 3
const marks = new Uint8Array(256)
marks[0x22] = TEXT
marks[0x7b] = OPENS
marks[0x5b] = OPENS
marks[0x7d] = CLOSES
marks[0x5d] = CLOSES

/** The closing brackets that are due, innermost last; deeper records go the long way. */
const due = new Uint8Array(64)

/**
 * Index after an object, array or text that is all there and not deep; -1: it has to be looked at step by step. Nine
 * of ten bytes of a document are looked at here and nowhere else.
 */
function wholeElementEnd(bytes: Buffer, from: number): number {
  const length = bytes.length
  let depth = 0
  let at = from
  while (at < length) {
    const byte = bytes[at] ?? 0
    at += 1
    const mark = marks[byte]
    if (mark === 0) continue
    if (mark === TEXT) {
      let inside = bytes[at]
      while (inside !== 0x22) {
        if (inside === undefined) return -1
        at += inside === 0x5c ? 2 : 1
        inside = bytes[at]
      }
      at += 1
    } else if (mark === OPENS) {
      if (depth === due.length) return -1
      due[depth] = byte + 2
      depth += 1
    } else {
      depth -= 1
      if (depth < 0 || due[depth] !== byte) return -1
    }
    if (depth === 0) return at
  }
  return -1
}

/** A number or word ends before a comma, a bracket or white space. */
function primitiveEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === 0x20) return at
    if (byte === 0x0a || byte === 0x0d || byte === 0x09) return at
  }
  return -1
}
