const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
/** Where the low and the high half of a 64-bit number stand when its memory is looked at as 32-bit words. */
export const lowHalf = littleEndian ? 0 : 1
export const highHalf = 1 - lowHalf

/** Digests as pairs of 32-bit words, as they lie in memory: a bigint for each of millions would cost six times as much. */
export type Halves = Uint32Array

/** The memory of 64-bit digests as 32-bit halves; see `lowHalf` and `highHalf`. */
export function halvesOf(digests: BigInt64Array): Halves {
  return new Uint32Array(digests.buffer, digests.byteOffset, digests.length * 2)
}

/** Digest number `at` as PostgreSQL's bigint. */
export function digestAt(halves: Halves, at: number): bigint {
  const high = BigInt(halves[at * 2 + highHalf] ?? 0) << 32n
  return BigInt.asIntN(64, high | BigInt(halves[at * 2 + lowHalf] ?? 0))
}

/** How many digests at the beginning of both are the same, looking at `count` of each. */
export function sameAtStart(
  left: Halves,
  leftFrom: number,
  right: Halves,
  rightFrom: number,
  count: number,
): number {
  let at = 0
  const l = leftFrom * 2
  const r = rightFrom * 2
  while (
    at < count &&
    left[l + at * 2] === right[r + at * 2] &&
    left[l + at * 2 + 1] === right[r + at * 2 + 1]
  )
    at += 1
  return at
}
