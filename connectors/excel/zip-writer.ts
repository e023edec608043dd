import type { FileHandle } from 'node:fs/promises'
import { crc32, deflateRawSync } from 'node:zlib'

/**
 * Writes a zip archive part by part without holding one in memory: each piece of a part is deflated on its own
 * (`finishFlush: Z_SYNC_FLUSH` joins them to one stream), sizes and check sum follow the part (APPNOTE 4.3.9).
 * Parts and archive stay below 4 GiB. Dates are fixed, so that the same content gives the same bytes.
 */
export class ZipWriter {
  readonly #handle: FileHandle
  readonly #directory: Buffer[] = []
  #offset = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async part(name: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const offset = this.#offset
    const encoded = Buffer.from(name)
    await this.#write(
      Buffer.concat([fixed(LOCAL, { crc: 0, packed: 0, size: 0, name: encoded.length }), encoded]),
    )
    let crc = 0
    let size = 0
    const begin = this.#offset
    for await (const piece of pieces) {
      const bytes = Buffer.from(piece)
      crc = crc32(bytes, crc)
      size += bytes.length
      await this.#write(deflateRawSync(bytes, { finishFlush: SYNC_FLUSH, level: 6 }))
    }
    await this.#write(deflateRawSync(Buffer.alloc(0)))
    const sums = { crc, packed: this.#offset - begin, size, name: encoded.length }
    await this.#write(descriptor(sums))
    const entry = fixed(CENTRAL, sums)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    this.#directory.push(entry, rest, encoded)
  }

  async end(): Promise<void> {
    const directory = Buffer.concat(this.#directory)
    const entries = this.#directory.length / 3
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(entries, 8)
    end.writeUInt16LE(entries, 10)
    end.writeUInt32LE(directory.length, 12)
    end.writeUInt32LE(this.#offset, 16)
    await this.#write(Buffer.concat([directory, end]))
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#handle.appendFile(bytes)
    this.#offset += bytes.length
  }
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const SYNC_FLUSH = 2
/** Sizes follow the part (bit 3), names are UTF-8 (bit 11). */
const FLAGS = 0x0808
const DEFLATED = 8
/** 1980-01-01, the first day of DOS. */
const DAY = 0x21

interface Sums {
  readonly crc: number
  readonly packed: number
  readonly size: number
  /** Bytes of the name. */
  readonly name: number
}

/** The fields that the two kinds of header have in common; the central one begins with one version more. */
function fixed(signature: number, sums: Sums): Buffer {
  const shared = Buffer.alloc(26)
  shared.writeUInt16LE(20, 0)
  shared.writeUInt16LE(FLAGS, 2)
  shared.writeUInt16LE(DEFLATED, 4)
  shared.writeUInt16LE(DAY, 8)
  shared.writeUInt32LE(sums.crc, 10)
  shared.writeUInt32LE(sums.packed, 14)
  shared.writeUInt32LE(sums.size, 18)
  shared.writeUInt16LE(sums.name, 22)
  const begin = Buffer.alloc(signature === CENTRAL ? 6 : 4)
  begin.writeUInt32LE(signature, 0)
  if (signature === CENTRAL) begin.writeUInt16LE(20, 4)
  return Buffer.concat([begin, shared])
}

function descriptor(sums: Sums): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(sums.crc, 4)
  bytes.writeUInt32LE(sums.packed, 8)
  bytes.writeUInt32LE(sums.size, 12)
  return bytes
}
