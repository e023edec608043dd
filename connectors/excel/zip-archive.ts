/**
 * Reads the entries of a zip archive (PKWARE APPNOTE 6.3: stored and deflated, zip64) by way of its central
 * directory, with a cap on what an entry may unpack to.
 */
import type { FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { openSourceFile } from '../../src/records/open-file.ts'
import { problemOf, type SourceFile } from '../../src/records/source-files.ts'
import { readDirectory, type ZipEntry } from './zip-directory.ts'

/** What an archive may unpack to. A full sheet of 1,048,576 rows is a few GiB at a ratio of about 30. */
export interface UnpackLimits {
  readonly entryBytes: number
  /** All entries that are read while the archive is open. */
  readonly totalBytes: number
  /** Unpacked to packed, looked at once an entry has unpacked to more than 64 MiB. */
  readonly ratio: number
}

export const defaultLimits: UnpackLimits = {
  entryBytes: 16 * 1024 ** 3,
  totalBytes: 20 * 1024 ** 3,
  ratio: 300,
}

const RATIO_FROM_BYTES = 64 * 1024 * 1024
const READ_BYTES = 64 * 1024

export class ZipArchive implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly #file: SourceFile
  readonly #limits: UnpackLimits
  readonly #entries: ReadonlyMap<string, ZipEntry>
  #unpacked = 0

  private constructor(parts: {
    handle: FileHandle
    file: SourceFile
    limits: UnpackLimits
    entries: ReadonlyMap<string, ZipEntry>
  }) {
    this.#handle = parts.handle
    this.#file = parts.file
    this.#limits = parts.limits
    this.#entries = parts.entries
  }

  static async open(file: SourceFile, limits: UnpackLimits = defaultLimits): Promise<ZipArchive> {
    const handle = await openSourceFile(file)
    try {
      const entries = await readDirectory(handle, file)
      return new ZipArchive({ handle, file, limits, entries })
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** The bytes that an entry says it unpacks to, which is what it is held to; 0 where there is none. */
  sizeOf(name: string): number {
    return this.#entries.get(name)?.size ?? 0
  }

  /** The unpacked bytes of an entry. */
  async *bytes(name: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw this.#broken(`it has no part ${name}`)
    if (entry.encrypted) throw this.#broken('it is protected with a password')
    const packed = Readable.from(this.#packed(entry))
    const unpacked = entry.method === 0 ? packed : createInflateRaw({ chunkSize: READ_BYTES })
    // Errors of the packed side reach the loop below through the unpacked side.
    if (unpacked !== packed)
      pipeline(packed, unpacked as ReturnType<typeof createInflateRaw>, () => undefined)
    let total = 0
    let crc = 0
    try {
      for await (const chunk of unpacked) {
        signal.throwIfAborted()
        total += chunk.length
        crc = crc32(chunk, crc)
        this.#unpacked += chunk.length
        if (total > entry.size) throw this.#broken(`the part ${name} has more bytes than declared`)
        this.#refuseBomb(entry, total)
        yield chunk
      }
    } catch (error) {
      if (error instanceof GuijiError || signal.aborted) throw error
      throw this.#broken(`the part ${name} cannot be unpacked: ${problemOf(error)}`, error)
    }
    if (total !== entry.size)
      throw this.#broken(`the part ${name} has ${total} bytes, declared are ${entry.size}`)
    if (crc !== entry.crc) throw this.#broken(`the part ${name} is damaged: its check sum differs`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }

  async *#packed(entry: ZipEntry): AsyncGenerator<Buffer> {
    const header = Buffer.alloc(30)
    await this.#handle.read(header, 0, 30, entry.offset)
    if (header.readUInt32LE(0) !== 0x04034b50) throw this.#broken('the place of a part is wrong')
    const begin = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    let done = 0
    while (done < entry.packed) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, entry.packed - done))
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, begin + done)
      if (bytesRead === 0) throw this.#broken('it is cut off')
      done += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  #refuseBomb(entry: ZipEntry, total: number): void {
    const { entryBytes, totalBytes, ratio } = this.#limits
    const file = this.#file.path
    const fail = (problem: string) => new GuijiError('EXCEL_TOO_LARGE', { file, problem })
    if (total > entryBytes) throw fail(`${entry.name} has more than ${entryBytes} bytes`)
    if (this.#unpacked > totalBytes) throw fail(`its parts have more than ${totalBytes} bytes`)
    if (total > RATIO_FROM_BYTES && total > entry.packed * ratio) {
      throw fail(`${entry.packed} packed bytes of ${entry.name} give more than ${ratio} times as many`)
    }
  }

  #broken(problem: string, cause?: unknown): GuijiError {
    return new GuijiError('EXCEL_BROKEN', { file: this.#file.path, problem }, { cause })
  }
}
