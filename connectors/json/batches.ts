import type { Batch, Place } from '../../src/connector.ts'
import { inPieces } from '../../src/records/batch-pieces.ts'
import { FileBlocks, plainText, type TextBlock, withRest } from '../../src/records/file-blocks.ts'
import type { FileEnd } from '../../src/records/file-listing.ts'
import { markOf } from '../../src/records/file-token.ts'
import { type CutJson, JsonArrayCutter } from '../../src/records/json-records.ts'
import { LineCounter } from '../../src/records/line-counter.ts'
import type { JsonRead } from './config.ts'
import type { JsonFormat } from './format.ts'
import { JsonLinesCutter } from './lines.ts'

/** A batch of records of one file. */
export interface JsonBatch extends Batch {
  /** Records of which only the beginning is here. */
  readonly oversize: readonly number[]
}

export interface JsonFileEnd extends FileEnd {
  /** The last line has no newline. */
  readonly open: boolean
}

/** The records of one file, a batch for each block that holds the end of one. */
export async function* jsonBatches(
  { file, format, mark }: JsonFormat,
  read: JsonRead,
  signal: AbortSignal,
): AsyncGenerator<JsonBatch, JsonFileEnd> {
  await using blocks = await FileBlocks.open(file)
  const cutter = format === 'lines' ? new JsonLinesCutter() : new JsonArrayCutter(read.path, file.path, mark)
  const lines = new LineCounter()
  let skip = mark
  let index = 0
  let rest: Buffer = Buffer.alloc(0)
  let lastByte = 0x0a
  const next = (fresh: TextBlock, last: boolean): JsonBatch | undefined => {
    const { bytes, from } = withRest(rest, { bytes: fresh.bytes, from: fresh.from + skip })
    skip = 0
    lastByte = bytes[bytes.length - 1] ?? lastByte
    const cut = cutter.cut(bytes, from, last)
    rest = bytes.subarray(cut.rest)
    const before = index
    index += cut.count
    const lineOf = lines.block(bytes, from, cut.rest)
    const place = (at: number): Place => {
      const start = cut.starts[at] ?? from
      return { file: file.path, line: lineOf(start), index: before + at + 1 }
    }
    return cut.count === 0 ? undefined : batchOf(bytes, cut, place)
  }
  for await (const block of blocks.blocks(signal)) {
    const batch = next(plainText(block), false)
    if (batch) yield* inPieces({ ...batch, release: () => blocks.release(block.buffer) })
  }
  const batch = next({ bytes: Buffer.alloc(0), from: 0 }, true)
  if (batch) yield* inPieces(batch)
  return { mark: markOf(file, blocks.digest()), open: format === 'lines' && lastByte !== 0x0a }
}

function batchOf(bytes: Buffer, cut: CutJson, place: (index: number) => Place): JsonBatch {
  const { starts, ends, count, oversize } = cut
  return { bytes, starts, ends, count, oversize, place }
}
