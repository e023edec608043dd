import { createHash } from 'node:crypto'
import { createXxh64, type Xxh64 } from './wasm/xxh64.ts'

/** What the bytes of a file are known by. */
export interface FileDigest {
  /** sha256 over the digests of its blocks, in hexadecimal. */
  readonly digest: string
  /** The first 8 hexadecimal digits of each block's own digest, in order: where two files differ shows early. */
  readonly blocks: string
}

const shownDigits = 8

/** Digests the blocks of a file while it is read. */
export class BlockDigests {
  readonly #xxh64: Xxh64
  readonly #whole = createHash('sha256')
  #blocks = ''

  private constructor(xxh64: Xxh64) {
    this.#xxh64 = xxh64
  }

  static async start(): Promise<BlockDigests> {
    return new BlockDigests(await createXxh64())
  }

  add(block: Uint8Array): void {
    const digest = this.#xxh64.bytes(block)
    this.#whole.update(digest)
    this.#blocks += digest.slice(0, shownDigits)
  }

  differFrom({ blocks }: FileDigest): boolean {
    return !blocks.startsWith(this.#blocks)
  }

  whole(): FileDigest {
    return { digest: this.#whole.copy().digest('hex'), blocks: this.#blocks }
  }
}
