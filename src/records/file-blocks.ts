import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { GuijiError } from '../errors/guiji-error.ts'
import { openSourceFile } from './open-file.ts'
import { problemOf, type SourceFile } from './source-files.ts'

/** Bytes read at a time: large enough for COPY and digests, small enough to hold a few. */
export const BLOCK_BYTES = 4 * 1024 * 1024
/** Room before the bytes of a block, so that the unfinished record of the last block fits in without a copy of all. */
export const HEADROOM_BYTES = 64 * 1024

/** New bytes are `buffer[HEADROOM_BYTES … HEADROOM_BYTES + length)`; the room before them is the reader's. */
export interface Block {
  readonly buffer: Buffer
  readonly length: number
}

/** `bytes[from …)` are new; what is before is free for the unfinished record of the block before. */
export interface TextBlock {
  readonly bytes: Buffer
  readonly from: number
}

/**
 * Reads one file from beginning to end, one block ahead, every block into a buffer of its own, and knows at the
 * end what was read: its sha256. A file that is not the one that was found, or changes meanwhile, is an error.
 */
export class FileBlocks implements AsyncDisposable {
  readonly #file: SourceFile
  readonly #handle: FileHandle
  readonly #hash: Hash = createHash('sha256')
  #ahead: Promise<Block> | undefined

  private constructor(file: SourceFile, handle: FileHandle) {
    this.#file = file
    this.#handle = handle
  }

  static async open(file: SourceFile): Promise<FileBlocks> {
    return new FileBlocks(file, await openSourceFile(file))
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
      this.#hash.update(block.buffer.subarray(HEADROOM_BYTES, HEADROOM_BYTES + block.length))
      yield block
    }
    await this.#refuseChanged()
  }

  /** After the last block: sha256 of all bytes, in hexadecimal. */
  sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ahead?.catch(() => undefined)
    await this.#handle.close()
  }

  async #read(position: number): Promise<Block> {
    const buffer = Buffer.allocUnsafe(HEADROOM_BYTES + BLOCK_BYTES)
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

/** sha256 of a whole file, in hexadecimal. */
export async function sha256Of(file: SourceFile, signal: AbortSignal): Promise<string> {
  await using reader = await FileBlocks.open(file)
  for await (const _ of reader.blocks(signal));
  return reader.sha256()
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
