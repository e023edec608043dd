import type { Batch, Place } from '../../src/connector.ts'
import { inPieces } from '../../src/records/batch-pieces.ts'
import { FileBlocks, type TextBlock, withRest } from '../../src/records/file-blocks.ts'
import { type FileMark, markOf } from '../../src/records/file-token.ts'
import { LineCounter } from '../../src/records/line-counter.ts'
import type { CsvRead } from './config.ts'
import type { Layout } from './layout.ts'
import { type CutRecords, RecordCutter } from './records.ts'
import { transcoder } from './transcode.ts'

/** A batch of records of one file. */
export interface CsvBatch extends Batch {
  readonly layout: Layout
  /** Records that COPY would read otherwise than `decode`: quotes where none may stand. Ascending. */
  readonly irregular: readonly number[]
  /** Records of which only the beginning is here. */
  readonly oversize: readonly number[]
}

export interface FileEnd {
  readonly mark: FileMark
  /** The file does not end with a newline. */
  readonly open: boolean
  /** The file ends while a quote is open. */
  readonly unclosed: boolean
}

/** The records of one file, a batch for each block that holds the end of one. */
export async function* fileBatches(
  layout: Layout,
  read: CsvRead,
  signal: AbortSignal,
): AsyncGenerator<CsvBatch, FileEnd> {
  await using blocks = await FileBlocks.open(layout.file)
  const { block: transcode, end } = transcoder(layout.encoding)
  const cutter = new RecordCutter(read)
  const progress: Progress = { layout, lines: new LineCounter(layout.line), index: 0 }
  let rest: Buffer = Buffer.alloc(0)
  let skip = layout.skip
  let lastByte = 0x0a
  let unclosed = false
  const next = (fresh: TextBlock, last: boolean): CsvBatch | undefined => {
    const { bytes, from } = withRest(rest, { bytes: fresh.bytes, from: fresh.from + skip })
    skip = 0
    const cut = cutter.cut(bytes, from, last)
    rest = bytes.subarray(cut.rest)
    unclosed = cut.unclosed
    lastByte = bytes.length > from ? (bytes[bytes.length - 1] ?? lastByte) : lastByte
    return batchOf(bytes, from, { cut, progress })
  }
  for await (const block of blocks.blocks(signal)) {
    const batch = next(transcode(block), false)
    if (batch) yield* inPieces({ ...batch, release: () => blocks.release(block.buffer) })
  }
  const batch = next(end(), true)
  if (batch) yield* inPieces(batch)
  return { mark: markOf(layout.file, blocks.digest()), open: lastByte !== 0x0a, unclosed }
}

interface Progress {
  readonly layout: Layout
  readonly lines: LineCounter
  /** Records found so far. */
  index: number
}

function batchOf(
  bytes: Buffer,
  from: number,
  { cut, progress }: { cut: CutRecords; progress: Progress },
): CsvBatch | undefined {
  const { layout, index: before } = progress
  const lineOf = progress.lines.block(bytes, from, cut.rest, cut.newlines)
  progress.index += cut.count
  if (cut.count === 0) return undefined
  const { starts, ends, count, irregular, oversize } = cut
  const place = (index: number): Place => ({
    file: layout.file.path,
    line: lineOf(starts[index] ?? from),
    index: before + index + 1,
  })
  return { bytes, starts, ends, count, layout, irregular, oversize, place }
}
