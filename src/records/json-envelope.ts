import { GuijiError } from '../errors/guiji-error.ts'

const OBJECT = 0x7b
const ARRAY = 0x5b
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** A key or text outside the records longer than this is not waited for. */
const MAX_TOKEN_BYTES = 16 * 1024 * 1024

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' | 'nothing'

/**
 * Reads what stands around the records of a JSON document, block by block, without building the document: it finds
 * the array at a path of keys and checks that the document goes on and ends as JSON does.
 */
export class JsonEnvelope {
  readonly #name: string
  readonly #path: readonly string[]
  readonly #open: number[] = []
  readonly #keys: string[] = []
  #expected: Expected = 'value'
  #found = false

  constructor(path: readonly string[], name: string) {
    this.#path = path
    this.#name = name
  }

  /** The array was found, or null in its place, which stands for no records. */
  get found(): boolean {
    return this.#found
  }

  /** True when the whole document has been read; white space may follow. */
  get ended(): boolean {
    return this.#expected === 'nothing'
  }

  /**
   * Reads from `at` until the array opens, the bytes end, or a token is cut off by their end. `offset` is what `at`
   * 0 is in the whole document. Returns the index after the last thing read; `inside` when the array has opened.
   */
  read(
    bytes: Buffer,
    at: number,
    options: { offset: number; last: boolean },
  ): { at: number; inside: boolean } {
    for (;;) {
      while (isSpace(bytes[at])) at++
      if (at >= bytes.length) return { at, inside: false }
      const end = this.#tokenEnd(bytes, at, options.last)
      if (end === -1) {
        if (bytes.length - at > MAX_TOKEN_BYTES)
          throw this.broken(options.offset + at, 'a text of more than 16 MiB')
        return { at, inside: false }
      }
      const opens = this.#take(bytes, { at, end, offset: options.offset })
      at = end
      if (opens) return { at, inside: true }
    }
  }

  /** The array that was found has been closed. */
  closeArray(): void {
    this.#valueDone()
  }

  broken(offset: number, problem: string): GuijiError {
    return new GuijiError('JSON_BROKEN', { file: this.#name, offset, problem })
  }

  truncated(offset: number): GuijiError {
    const problem = this.#found
      ? 'the records or what follows them are cut off'
      : `expected ${this.#expected}`
    return new GuijiError('JSON_TRUNCATED', { file: this.#name, offset, problem })
  }

  noRecords(problem: string): GuijiError {
    return new GuijiError('JSON_NO_RECORDS', { file: this.#name, path: this.#path.join('.'), problem })
  }

  /** Index after the token that begins at `at`; -1 when it is cut off by the end of the bytes. */
  #tokenEnd(bytes: Buffer, at: number, last: boolean): number {
    if (bytes[at] === QUOTE) {
      for (let i = at + 1; i < bytes.length; i++) {
        if (bytes[i] === BACKSLASH) i++
        else if (bytes[i] === QUOTE) return i + 1
      }
      return -1
    }
    if (!isWord(bytes[at])) return at + 1
    let end = at + 1
    while (isWord(bytes[end])) end++
    return end === bytes.length && !last ? -1 : end
  }

  /** Takes one token; true when it opens the array of the records. */
  #take(bytes: Buffer, token: { at: number; end: number; offset: number }): boolean {
    const byte = bytes[token.at] ?? 0
    const text = () => bytes.toString('utf8', token.at, token.end)
    const isClose = byte === 0x7d || byte === 0x5d
    if (isClose ? this.#close(byte) : this.#punctuation(byte)) return false
    if (!isClose && byte === QUOTE && this.#expected.startsWith('key')) {
      this.#keys[this.#open.length - 1] = String(this.#parse(text(), token))
      this.#expected = 'colon'
      return false
    }
    if (isClose || !this.#expected.startsWith('value')) {
      throw this.broken(token.offset + token.at, `found ${text().slice(0, 40)}, expected ${this.#expected}`)
    }
    if (byte === OBJECT || byte === ARRAY) return this.#openValue(byte)
    const value = this.#parse(text(), token)
    if (this.#atPath()) {
      if (value !== null) throw this.noRecords(`found ${text().slice(0, 40)}`)
      this.#found = true
    }
    this.#valueDone()
    return false
  }

  #openValue(byte: number): boolean {
    if (this.#atPath()) {
      if (byte === OBJECT) throw this.noRecords('found an object')
      this.#found = true
      return true
    }
    this.#open.push(byte)
    this.#expected = byte === OBJECT ? 'key or }' : 'value or ]'
    return false
  }

  #punctuation(byte: number): boolean {
    if (byte === 0x3a && this.#expected === 'colon') {
      this.#expected = 'value'
      return true
    }
    if (byte === 0x2c && this.#expected === 'comma or end') {
      this.#expected = this.#open.at(-1) === OBJECT ? 'key' : 'value'
      return true
    }
    return false
  }

  #close(byte: number): boolean {
    const empty = byte === 0x7d ? 'key or }' : 'value or ]'
    const fits = this.#open.at(-1) === (byte === 0x7d ? OBJECT : ARRAY)
    if (!fits || (this.#expected !== 'comma or end' && this.#expected !== empty)) return false
    this.#open.pop()
    this.#keys.length = Math.min(this.#keys.length, this.#open.length)
    this.#valueDone()
    return true
  }

  #valueDone(): void {
    this.#expected = this.#open.length === 0 ? 'nothing' : 'comma or end'
  }

  #atPath(): boolean {
    return (
      !this.#found &&
      this.#open.length === this.#path.length &&
      this.#open.every((byte) => byte === OBJECT) &&
      this.#path.every((key, at) => key === this.#keys[at])
    )
  }

  #parse(text: string, token: { at: number; offset: number }): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      const details = {
        file: this.#name,
        offset: token.offset + token.at,
        problem: `found ${text.slice(0, 40)}`,
      }
      throw new GuijiError('JSON_BROKEN', details, { cause: error })
    }
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Bytes of numbers and of the words true, false and null; also of words that are wrong. */
function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return !isSpace(byte) && !(byte === 0x2c || byte === 0x3a || byte === QUOTE || isBracket(byte))
}

function isBracket(byte: number): boolean {
  return byte === 0x7b || byte === 0x7d || byte === 0x5b || byte === 0x5d
}
