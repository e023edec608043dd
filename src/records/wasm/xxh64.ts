import type { Batch } from '../../connector.ts'
import { loadModule, type Memory, makeRoom } from './load-module.ts'

/** Digests bytes by XXH64: fast, and evenly spread. It does not stand against someone who wants two things to look alike. */
export interface Xxh64 {
  /** The digest of every record of a batch, signed as PostgreSQL's bigint is. */
  records(batch: Batch): BigInt64Array
  /** The digest of some bytes, as 16 hexadecimal digits. */
  bytes(bytes: Uint8Array): string
}

interface Exports {
  readonly memory: Memory
  /** Addresses in `memory`; see xxh64.wat. */
  readonly digest: (
    bytes: number,
    starts: number,
    ends: number,
    out: number,
    count: number,
    seed: bigint,
  ) => void
}

const instantiate = await loadModule<Exports>(new URL('xxh64.wasm', import.meta.url))

/** `seed`: at most 16 hexadecimal digits. */
export async function createXxh64(seed = '0'): Promise<Xxh64> {
  const { memory, digest } = await instantiate()
  const number = BigInt(`0x${seed}`)

  /** Digests ranges that ascend and do not overlap. */
  const digestRanges = (bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array): BigInt64Array => {
    const count = starts.length
    const base = starts[0] ?? 0
    const size = (ends[count - 1] ?? 0) - base
    // Bounds and digests first, as they lie on multiples of eight; the bytes behind them.
    const at = { starts: 0, ends: count * 4, out: count * 8, bytes: count * 16 }
    const buffer = makeRoom(memory, at.bytes + size)
    new Uint32Array(buffer, at.starts, count).set(starts)
    new Uint32Array(buffer, at.ends, count).set(ends)
    new Uint8Array(buffer, at.bytes, size).set(bytes.subarray(base, base + size))
    // Bounds count from the beginning of `bytes`; an address wraps around as it should.
    digest((at.bytes - base) | 0, at.starts, at.ends, at.out, count, number)
    return new BigInt64Array(buffer.slice(at.out, at.out + count * 8))
  }

  return {
    records: ({ bytes, starts, ends, count }) =>
      digestRanges(bytes, starts.subarray(0, count), ends.subarray(0, count)),
    bytes: (bytes) => {
      const [found = 0n] = digestRanges(bytes, new Uint32Array(1), Uint32Array.of(bytes.length))
      return BigInt.asUintN(64, found).toString(16).padStart(16, '0')
    },
  }
}
