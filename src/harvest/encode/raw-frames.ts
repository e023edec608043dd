import type { Batch, CopyDialect } from '../../connector.ts'
import { FrameWriter, put16, put32 } from './frame-writer.ts'

/**
 * The bytes lane: the source's own record bytes, each with its digest behind it as one more field. Nothing is
 * decoded.
 */
export function rawFrames(batch: Batch, digests: BigInt64Array, dialect: CopyDialect): Buffer[] {
  return dialect.format === 'binary' ? binaryFrames(batch, digests) : delimitedFrames(batch, digests, dialect)
}

/** CSV: `record` + delimiter + digest + newline. */
function delimitedFrames(batch: Batch, digests: BigInt64Array, dialect: CopyDialect): Buffer[] {
  const delimiter = (dialect.delimiter ?? ',').charCodeAt(0)
  const out = Buffer.allocUnsafe(batch.bytes.length + batch.count * 24)
  let at = 0
  for (let index = 0; index < batch.count; index += 1) {
    const start = batch.starts[index] ?? 0
    const end = batch.ends[index] ?? 0
    at += batch.bytes.copy(out, at, start, end)
    out[at] = delimiter
    at += 1
    at += out.write(String(digests[index]), at, 'latin1')
    out[at] = 0x0a
    at += 1
  }
  return [out.subarray(0, at)]
}

/** Binary: the tuple with its field count raised by one and the digest as an int8 field behind it. */
function binaryFrames(batch: Batch, digests: BigInt64Array): Buffer[] {
  const writer = new FrameWriter()
  writer.begin()
  for (let index = 0; index < batch.count; index += 1) {
    const start = batch.starts[index] ?? 0
    const end = batch.ends[index] ?? 0
    const size = end - start
    const at = writer.reserve(size + 12)
    const { buffer } = writer
    batch.bytes.copy(buffer, at, start, end)
    put16(buffer, at, batch.bytes.readInt16BE(start) + 1)
    put32(buffer, at + size, 8)
    buffer.writeBigInt64BE(digests[index] ?? 0n, at + size + 4)
    writer.advance(size + 12)
    writer.seal()
  }
  return writer.finish()
}
