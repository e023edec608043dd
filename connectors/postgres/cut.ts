import type { Batch } from '../../src/connector.ts'

/** What a cutter found in a piece of a COPY stream. */
export interface Cut {
  /** Bytes used up: everything before belongs to whole records, what follows waits for more. */
  readonly consumed: number
  /** The stream's own end mark was seen. */
  readonly ended: boolean
}

/** Writes record boundaries of `bytes` from `from` on into `bounds`. Pure but for `bounds`. */
export type Cutter = (bytes: Buffer, from: number, bounds: Bounds) => Cut

/** Growing pairs of offsets, kept between batches; each batch is given a copy of what it holds. */
export interface Bounds {
  starts: Uint32Array
  ends: Uint32Array
  count: number
}

export function emptyBounds(): Bounds {
  return { starts: new Uint32Array(4096), ends: new Uint32Array(4096), count: 0 }
}

function add(bounds: Bounds, start: number, end: number): void {
  if (bounds.count === bounds.starts.length) {
    bounds.starts = doubled(bounds.starts)
    bounds.ends = doubled(bounds.ends)
  }
  bounds.starts[bounds.count] = start
  bounds.ends[bounds.count] = end
  bounds.count++
}

function doubled(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}

/** COPY text: one line per record; a line feed inside a value is written `\n`, so each one ends a record. */
export const cutLines: Cutter = (bytes, from, bounds) => {
  let start = from
  for (let end = bytes.indexOf(10, start); end !== -1; end = bytes.indexOf(10, start)) {
    add(bounds, start, end)
    start = end + 1
  }
  return { consumed: start, ended: false }
}

/** COPY binary: a 16-bit field count, then per field a 32-bit length (-1: NULL) and the bytes; -1 ends the stream. */
export const cutTuples: Cutter = (bytes, from, bounds) => {
  const size = bytes.length
  let start = from
  while (start + 2 <= size) {
    const fields = int32At(bytes, start) >> 16
    if (fields === -1) return { consumed: start + 2, ended: true }
    let at = start + 2
    let field = 0
    while (field < fields && at + 4 <= size) {
      const length = int32At(bytes, at)
      at += length > 0 ? 4 + length : 4
      field++
    }
    if (field < fields || at > size) break
    add(bounds, start, at)
    start = at
  }
  return { consumed: start, ended: false }
}

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
/** Signature, 32 bits of flags, 32-bit length of a header extension. */
const headerSize = signature.length + 8

/** Length of the header of a binary COPY stream; undefined while more bytes are needed. Throws where it is none. */
export function headerLength(bytes: Buffer): number | undefined {
  if (bytes.length < headerSize) return undefined
  if (!bytes.subarray(0, signature.length).equals(signature)) throw new Error('no binary COPY signature')
  const length = headerSize + bytes.readUInt32BE(signature.length + 4)
  return bytes.length < length ? undefined : length
}

/** Batches are about this long, unless a single record is longer. */
const batchBytes = 1 << 20

export interface CopyFormat {
  readonly cutter: Cutter
  /** Whether the stream has the header and the end mark of the binary form. */
  readonly framed: boolean
  /** Whether the last field of each record is its digest, an int8. */
  readonly digested: boolean
}

/** What the whole stream showed; complete once the iteration has ended. */
export interface Seen {
  records: number
  /** Bytes after the last whole record, or no end mark where there should be one. */
  cutOff: boolean
  /** Of all digests that came with the records. */
  digestSum: bigint
}

/** Cuts the chunks of a COPY stream into batches of whole records, however the network split them. */
export async function* batches(
  chunks: AsyncIterable<Buffer>,
  format: CopyFormat,
  seen: Seen,
  least: number = batchBytes,
): AsyncGenerator<Batch> {
  const bounds = emptyBounds()
  const gathering: Buffer[] = []
  let gathered = 0
  let wanted = least
  let skip = format.framed ? undefined : 0
  let ended = false

  function* cut(): Generator<Batch> {
    const bytes = gathering.length === 1 && gathering[0] ? gathering[0] : Buffer.concat(gathering)
    skip ??= headerLength(bytes)
    bounds.count = 0
    const found = skip === undefined ? { consumed: 0, ended: false } : format.cutter(bytes, skip, bounds)
    if (skip !== undefined) skip = 0
    ended ||= found.ended
    const rest = bytes.subarray(found.consumed)
    gathering.length = 0
    gathering.push(rest)
    gathered = rest.length
    // A record longer than a batch: wait for twice as much, so that it is walked a few times and not per chunk.
    wanted = Math.max(least, bounds.count === 0 ? gathered * 2 : gathered + 1)
    if (bounds.count > 0) yield batch(bytes, bounds, { seen, digested: format.digested })
  }

  for await (const chunk of chunks) {
    gathering.push(chunk)
    gathered += chunk.length
    if (gathered >= wanted) yield* cut()
  }
  yield* cut()
  seen.cutOff = gathered > 0 || (format.framed && !ended)
}

function batch(
  bytes: Buffer,
  bounds: Bounds,
  { seen, digested }: { readonly seen: Seen; readonly digested: boolean },
): Batch {
  const before = seen.records
  seen.records += bounds.count
  const digests = digested ? readDigests(bytes, bounds, seen) : undefined
  return {
    ...(digests === undefined ? {} : { digests }),
    bytes,
    starts: bounds.starts.slice(0, bounds.count),
    ends: bounds.ends.slice(0, bounds.count),
    count: bounds.count,
    place: (index) => ({ index: before + index + 1 }),
  }
}

/** The last eight bytes of each record. Sums are taken in halves: a bigint for each would cost more than all the rest. */
function readDigests(bytes: Buffer, { ends, count }: Bounds, seen: Seen): BigInt64Array {
  const digests = new BigInt64Array(count)
  const view = new DataView(digests.buffer)
  let highs = 0
  let lows = 0
  for (let index = 0; index < count; index += 1) {
    const end = ends[index] ?? 0
    const high = int32At(bytes, end - 8)
    const low = int32At(bytes, end - 4) >>> 0
    highs += high
    lows += low
    view.setInt32(index * 8 + (littleEndian ? 4 : 0), high, littleEndian)
    view.setUint32(index * 8 + (littleEndian ? 0 : 4), low, littleEndian)
  }
  seen.digestSum += (BigInt(highs) << 32n) + BigInt(lows)
  return digests
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

function int32At(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  )
}
