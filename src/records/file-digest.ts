import { createHash, webcrypto } from 'node:crypto'

/** What the bytes of a file are known by. */
export interface FileDigest {
  /** sha256 over the sha256 of its blocks, in hexadecimal. */
  readonly sha256: string
  /** The first 8 hexadecimal digits of each block's own sha256, in order: where two files differ shows early. */
  readonly blocks: string
}

const shownDigits = 8
/** Blocks that may be digested at once; more would only hold their memory. */
const mostAtOnce = 2

/**
 * Digests the blocks of a file while it is read. A block is digested by Node's own threads: the thread that finds
 * records has one thing less to do.
 */
export class BlockDigests {
  readonly #whole = createHash('sha256')
  readonly #under: Promise<ArrayBuffer>[] = []
  #blocks = ''

  /** Takes in the next block; its bytes may be used and changed at once. */
  async add(block: NodeJS.ArrayBufferView<ArrayBuffer>): Promise<void> {
    this.#under.push(webcrypto.subtle.digest('SHA-256', block))
    while (this.#under.length > mostAtOnce) await this.#takeOldest()
  }

  /** Blocks that are still being digested show later. */
  differFrom({ blocks }: FileDigest): boolean {
    return !blocks.startsWith(this.#blocks)
  }

  async whole(): Promise<FileDigest> {
    while (this.#under.length > 0) await this.#takeOldest()
    return { sha256: this.#whole.copy().digest('hex'), blocks: this.#blocks }
  }

  async #takeOldest(): Promise<void> {
    const oldest = await this.#under.shift()
    if (oldest === undefined) return
    const digest = Buffer.from(oldest)
    this.#whole.update(digest)
    this.#blocks += digest.toString('hex', 0, shownDigits / 2)
  }
}
