import createHasher from 'xxhash-wasm'
import type { Batch } from '../../connector.ts'
import { sliceBatch } from './batch-slice.ts'
import type { Span } from './checkpoint.ts'

/** Why a run that was lost is not gone on with, but begun anew. */
export type RestartReason =
  | 'nothing-kept' // it had committed no chunk
  | 'basis-changed' // list, mapping, harvest or what is held changed since
  | 'source-changed' // the source gives other records than those that were loaded
  | 'lost-too-often'

/** The lost run cannot be gone on with: what it had loaded is dropped, and a new run begins from nothing. */
export class RestartRun extends Error {
  override readonly name = 'RestartRun'
  readonly reason: RestartReason

  constructor(reason: RestartReason) {
    super(reason)
    this.reason = reason
  }
}

/** Records that are still to be loaded, with their digests and the position of the first one in the listing. */
export interface Piece {
  readonly batch: Batch
  readonly digests: BigInt64Array
  readonly at: bigint
}

/** Digest of the digests of some records in their order: XXH64 over 8 bytes for each, however they were cut. */
export type ChunkDigest = (parts: readonly BigInt64Array[]) => bigint

export async function createChunkDigest(): Promise<ChunkDigest> {
  const { create64 } = await createHasher()
  return (parts) => {
    const hash = create64(0n)
    for (const digests of parts) hash.update(bytesOf(digests))
    return BigInt.asIntN(64, hash.digest())
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: BigInt64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/**
 * Goes through a listing once more for a run that was lost: records whose chunks are committed are compared with them
 * and passed over, all others are given out to be loaded. The proof is in the content: however the source cuts its
 * records this time, and in whatever order the chunks had been committed, what is passed over is what is in the load
 * table, record by record. So the run ends as if it had read all of it now.
 */
export class Resumption {
  readonly #spans: readonly Span[]
  readonly #passed: (digests: BigInt64Array) => void
  readonly #hasher: Awaited<ReturnType<typeof createHasher>>
  #hash: ReturnType<Awaited<ReturnType<typeof createHasher>>['create64']> | undefined
  #next = 0
  #at = 0n

  private constructor(
    spans: readonly Span[],
    passed: (digests: BigInt64Array) => void,
    hasher: Awaited<ReturnType<typeof createHasher>>,
  ) {
    this.#spans = spans
    this.#passed = passed
    this.#hasher = hasher
  }

  /** `spans` in the order of the listing; `passed` is told the digests of the records that are passed over. */
  static async over(
    spans: readonly Span[],
    passed: (digests: BigInt64Array) => void = () => {},
  ): Promise<Resumption> {
    return new Resumption(spans, passed, await createHasher())
  }

  /**
   * What of this batch is to be loaded.
   *
   * @throws RestartRun where the records are not those that were loaded
   */
  *pieces(batch: Batch, digests: BigInt64Array): Generator<Piece> {
    let from = 0
    while (from < batch.count) {
      const span = this.#spans[this.#next]
      const left = BigInt(batch.count - from)
      const inside = span !== undefined && this.#at >= span.at
      const end = span === undefined ? undefined : inside ? span.at + span.count : span.at
      const count = Number(end === undefined || end - this.#at > left ? left : end - this.#at)
      const part = digests.subarray(from, from + count)
      if (inside) this.#compare(span, part)
      else yield { batch: sliceBatch(batch, from, from + count), digests: part, at: this.#at }
      if (!inside) this.#at += BigInt(count)
      from += count
    }
  }

  #compare(span: Span, digests: BigInt64Array): void {
    this.#hash ??= this.#hasher.create64(0n)
    this.#hash.update(bytesOf(digests))
    this.#at += BigInt(digests.length)
    this.#passed(digests)
    if (this.#at < span.at + span.count) return
    if (BigInt.asIntN(64, this.#hash.digest()) !== span.digest) throw new RestartRun('source-changed')
    this.#hash = undefined
    this.#next += 1
  }

  /** After the last batch. Throws RestartRun where the source gave less than was loaded. */
  finish(): void {
    if (this.#next < this.#spans.length) throw new RestartRun('source-changed')
  }
}
