import type { FileHandle } from 'node:fs/promises'
import { GuijiError } from '../errors/guiji-error.ts'
import { BlockDigests, type FileDigest } from './file-digest.ts'
import { openSourceFile } from './open-file.ts'
import { problemOf, type SourceFile } from './source-files.ts'

/** Bytes read at a time: large enough for COPY and digests, small enough to hold a few. */
export const BLOCK_BYTES = 4 * 1024 * 1024
/** Room before the bytes of a block, so that the unfinished record of the last block fits in without a copy of all. */
export const HEADROOM_BYTES = 64 * 1024

/** New bytes are `buffer[HEADROOM_BYTES … HEADROOM_BYTES + length)`; the room before them is the reader's. */
export interface Block {
  readonly buffer: Buffer<ArrayBuffer>
  readonly length: number
}

/** `bytes[from …)` are new; what is before is free for the unfinished record of the block before. */
export interface TextBlock {
  readonly bytes: Buffer
  readonly from: number
}

/**
 * Reads one file from beginning to end, one block ahead, every block into a buffer of its own, and knows at the
 * end what was read: its digest. A file that is not the one that was found, or changes meanwhile, is an error.
 */
export class FileBlocks implements AsyncDisposable {
  readonly #file: SourceFile
  readonly #handle: FileHandle
  readonly #digests: BlockDigests
  #ahead: Promise<Block> | undefined
  readonly #free: Buffer<ArrayBuffer>[] = []
  #lastReleased: Buffer<ArrayBuffer> | undefined

  private constructor(file: SourceFile, handle: FileHandle, digests: BlockDigests) {
    this.#file = file
    this.#handle = handle
    this.#digests = digests
  }

  static async open(file: SourceFile): Promise<FileBlocks> {
    return new FileBlocks(file, await openSourceFile(file), await BlockDigests.start())
  }

  /** All blocks, each but the last full. `signal` is looked at before every block. */
  async *blocks(signal: AbortSignal): AsyncIterable<Block> {
    await this.#refuseChanged()
    let position = 0
    this.#ahead = this.#read(position)
    for (;;) {
      signal.throwIfAborted()
      const block = await this.#ahead
      signal.throwIfAborted()
      if (block.length === 0) break
      position += block.length
      this.#ahead = this.#read(position)
      this.#digests.add(block.buffer.subarray(HEADROOM_BYTES, HEADROOM_BYTES + block.length))
      yield block
    }
    await this.#refuseChanged()
  }

  /** After the last block: the digest of all bytes. */
  digest(): FileDigest {
    return this.#digests.whole()
  }

  /**
   * Gives the memory of a block back, to be read into once another one has been given back after it: the last records
   * of a block are looked at until the next is through.
   */
  release(buffer: Buffer<ArrayBuffer>): void {
    if (this.#lastReleased !== undefined) this.#free.push(this.#lastReleased)
    this.#lastReleased = buffer
  }

  /** Whether what was read so far is surely not the beginning of `other`. */
  differsFrom(other: FileDigest): boolean {
    return this.#digests.differFrom(other)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ahead?.catch(() => undefined)
    await this.#handle.close()
  }

  async #read(position: number): Promise<Block> {
    const buffer = this.#free.pop() ?? Buffer.allocUnsafe(HEADROOM_BYTES + BLOCK_BYTES)
    let length = 0
    try {
      while (length < BLOCK_BYTES) {
        const from = HEADROOM_BYTES + length
        const got = await this.#handle.read(buffer, from, BLOCK_BYTES - length, position + length)
        if (got.bytesRead === 0) break
        length += got.bytesRead
      }
    } catch (error) {
      const details = { file: this.#file.path, problem: problemOf(error) }
      throw new GuijiError('FILE_UNREADABLE', details, { cause: error })
    }
    return { buffer, length }
  }

  async #refuseChanged(): Promise<void> {
    refuseChanged(this.#file, await this.#handle.stat({ bigint: true }))
  }
}

/** A file that is no longer what was found is not read on: half of it would be old, half new. */
export function refuseChanged(
  file: SourceFile,
  now: { readonly size: bigint; readonly mtimeNs: bigint },
): void {
  const { size, mtimeNs, path } = file
  if (Number(now.size) !== size) {
    throw new GuijiError('FILE_CHANGED', { file: path, problem: `${size} bytes before, ${now.size} now` })
  }
  if (now.mtimeNs !== mtimeNs) {
    throw new GuijiError('FILE_CHANGED', { file: path, problem: 'it was written again' })
  }
}

/**
 * The digest of a whole file. Where one to compare with is given, reading stops at the first block that differs, and
 * there is no answer.
 */
export async function digestOf(file: SourceFile, signal: AbortSignal): Promise<FileDigest>
export async function digestOf(
  file: SourceFile,
  signal: AbortSignal,
  expected: FileDigest,
): Promise<FileDigest | undefined>
export async function digestOf(
  file: SourceFile,
  signal: AbortSignal,
  expected?: FileDigest,
): Promise<FileDigest | undefined> {
  await using reader = await FileBlocks.open(file)
  for await (const block of reader.blocks(signal)) {
    if (expected !== undefined && reader.differsFrom(expected)) return undefined
    reader.release(block.buffer)
  }
  return reader.digest()
}

/** A block as it was read. */
export function plainText({ buffer, length }: Block): TextBlock {
  return { bytes: buffer.subarray(0, HEADROOM_BYTES + length), from: HEADROOM_BYTES }
}

/** Puts the unfinished record of the last block before the new bytes of this one. */
export function withRest(rest: Buffer, block: TextBlock): TextBlock {
  if (rest.length === 0) return block
  if (rest.length <= block.from) {
    rest.copy(block.bytes, block.from - rest.length)
    return { bytes: block.bytes, from: block.from - rest.length }
  }
  return { bytes: Buffer.concat([rest, block.bytes.subarray(block.from)]), from: 0 }
}
