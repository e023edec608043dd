/** The header of PostgreSQL's binary COPY format: signature, flags, extension length. */
export const copyHeader = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
export const copyTrailer = Buffer.from([0xff, 0xff])
const frameSize = 1 << 18

/**
 * Collects the bytes of one COPY in frames of 256 KiB. Frames are never reused: the socket may still hold them.
 * `mark` and `rewind` take back a record that turns out bad half-way.
 */
export class FrameWriter {
  #frame = Buffer.allocUnsafe(frameSize)
  #used = 0
  readonly #full: Buffer[] = []
  #fullBytes = 0

  /** Bytes written since the writer last started afresh. */
  get size(): number {
    return this.#fullBytes + this.#used
  }

  /** Room for `size` more bytes in one piece; returns where in `buffer` to write. Call `advance` afterwards. */
  reserve(size: number): number {
    if (this.#used + size > this.#frame.length) this.#grow(size)
    return this.#used
  }

  /** Changes with `reserve`. */
  get buffer(): Buffer {
    return this.#frame
  }

  advance(size: number): void {
    this.#used += size
  }

  /** Starts a record: everything up to `seal` stays in one frame. */
  mark(): number {
    return this.#used
  }

  rewind(mark: number): void {
    this.#used = mark
  }

  /** Ends a record; a frame that is nearly full is set aside. */
  seal(): void {
    if (this.#used < frameSize - 4096) return
    this.#full.push(this.#frame.subarray(0, this.#used))
    this.#fullBytes += this.#used
    this.#frame = Buffer.allocUnsafe(frameSize)
    this.#used = 0
  }

  bytes(data: Buffer | Uint8Array): void {
    const at = this.reserve(data.length)
    this.#frame.set(data, at)
    this.#used += data.length
  }

  begin(): void {
    this.bytes(copyHeader)
  }

  /** Everything written; the writer starts afresh. */
  finish(): Buffer[] {
    this.bytes(copyTrailer)
    return this.take()
  }

  take(): Buffer[] {
    const frames = [...this.#full, this.#frame.subarray(0, this.#used)]
    this.#full.length = 0
    this.#fullBytes = 0
    this.#frame = Buffer.allocUnsafe(frameSize)
    this.#used = 0
    return frames
  }

  /** A record larger than what is left moves, with what it has so far, into a larger frame. */
  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#frame.length * 2, this.#used + size))
    this.#frame.copy(larger, 0, 0, this.#used)
    this.#frame = larger
  }
}

/** Big-endian, as all of PostgreSQL's protocol. Node's own methods check every value anew. */
export function put16(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >>> 8
  buffer[at + 1] = value
}

export function put32(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >>> 24
  buffer[at + 1] = value >>> 16
  buffer[at + 2] = value >>> 8
  buffer[at + 3] = value
}
