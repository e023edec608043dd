import type { Batch, CopyDialect, Issue, Listing, ListingEnd } from '../connector.ts'
import type { FileReading } from './file-reading.ts'
import { type FileMark, noMark } from './file-token.ts'

/** What the end of one file showed. */
export interface FileEnd {
  readonly mark: FileMark
  /** Why the file looks cut off, where it does. */
  readonly cutOff?: string
}

/** Reads one file; its resources are freed when the generator ends or is returned. */
export type FileReader<B extends Batch> = () => AsyncGenerator<B, FileEnd>

/** A listing of files, one after the other: what the connectors of all kinds of files have in common. */
export class FileListing<B extends Batch> implements Listing {
  readonly unchanged: boolean
  readonly unchangedBy?: string
  readonly fields: readonly string[]
  readonly publishedAt: Date
  readonly publishedBy = 'file-time'
  readonly bytes: number
  readonly copy?: CopyDialect
  readonly decode: (batch: Batch, index: number) => readonly (string | null)[] | Issue
  readonly #reading: FileReading
  readonly #readers: readonly FileReader<B>[]
  readonly #marks: FileMark[] = []
  #running: AsyncGenerator<B, FileEnd> | undefined
  #incomplete: string | undefined

  /** `decode` is given no other batches than those of `readers`. */
  constructor(parts: {
    readonly reading: FileReading
    readonly fields: readonly string[]
    readonly readers: readonly FileReader<B>[]
    readonly decode: (batch: B, index: number) => readonly (string | null)[] | Issue
    readonly copy?: CopyDialect | undefined
  }) {
    this.unchanged = parts.reading.unchangedBy !== undefined
    if (parts.reading.unchangedBy !== undefined) this.unchangedBy = parts.reading.unchangedBy
    this.fields = parts.fields
    this.publishedAt = parts.reading.publishedAt
    this.bytes = parts.reading.bytes
    if (parts.copy !== undefined) this.copy = parts.copy
    this.decode = (batch, index) => parts.decode(batch as B, index)
    this.#reading = parts.reading
    this.#readers = parts.readers
    this.#incomplete = this.unchanged ? undefined : 'it was not read to its end'
  }

  async *batches(): AsyncIterable<B> {
    if (this.unchanged) return
    let cutOff: string | undefined
    for (const reader of this.#readers) {
      const running = reader()
      this.#running = running
      const end = yield* running
      this.#marks.push(end.mark)
      cutOff ??= end.cutOff
    }
    this.#incomplete = cutOff
  }

  end(): ListingEnd {
    if (this.#incomplete !== undefined) return { complete: false, reason: this.#incomplete }
    return { complete: true, token: this.#reading.token(this.#marks) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.return({ mark: noMark })
  }
}
