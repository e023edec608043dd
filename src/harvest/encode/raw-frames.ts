import type { Batch, CopyDialect } from '../../connector.ts'
import { loadModule, type Memory, makeRoom } from '../../records/wasm/load-module.ts'
import { copyHeader, copyTrailer } from './frame-writer.ts'

interface Exports {
  readonly memory: Memory
  /** Addresses in `memory`; see append-digest.wat. Both return where what they wrote ends. */
  readonly lines: (
    bytes: number,
    starts: number,
    ends: number,
    digests: number,
    count: number,
    out: number,
    delimiter: number,
  ) => number
  readonly tuples: (
    bytes: number,
    starts: number,
    ends: number,
    digests: number,
    count: number,
    out: number,
  ) => number
}

const instantiate = await loadModule<Exports>(new URL('append-digest.wasm', import.meta.url))
const { memory, lines, tuples } = await instantiate()

/** What a digest takes behind a record, at most. */
const digestBytes = 24

/**
 * The bytes lane: the source's own record bytes, each with its digest behind it as one more field. Nothing is
 * decoded, and where the source made the digests nothing is copied.
 */
export function rawFrames(batch: Batch, digests: BigInt64Array, dialect: CopyDialect): Buffer[] {
  const { count } = batch
  if (dialect.digested === true) {
    return [copyHeader, batch.bytes.subarray(batch.starts[0], batch.ends[count - 1]), copyTrailer]
  }
  const base = batch.starts[0] ?? 0
  const size = (batch.ends[count - 1] ?? 0) - base
  const at = { digests: 0, starts: count * 8, ends: count * 12, bytes: count * 16 }
  const out = at.bytes + size
  const buffer = makeRoom(memory, out + size + count * digestBytes)
  new BigInt64Array(buffer, at.digests, count).set(digests)
  new Uint32Array(buffer, at.starts, count).set(batch.starts.subarray(0, count))
  new Uint32Array(buffer, at.ends, count).set(batch.ends.subarray(0, count))
  new Uint8Array(buffer, at.bytes, size).set(batch.bytes.subarray(base, base + size))
  const bounds = [(at.bytes - base) | 0, at.starts, at.ends, at.digests, count, out] as const
  if (dialect.format === 'binary') {
    return [copyHeader, copied(buffer, out, tuples(...bounds)), copyTrailer]
  }
  return [copied(buffer, out, lines(...bounds, (dialect.delimiter ?? ',').charCodeAt(0)))]
}

function copied(buffer: ArrayBuffer, from: number, until: number): Buffer {
  return Buffer.from(new Uint8Array(buffer, from, until - from))
}
