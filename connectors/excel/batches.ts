import { stat } from 'node:fs/promises'
import type { Batch, Place } from '../../src/connector.ts'
import { digestOf, refuseChanged } from '../../src/records/file-blocks.ts'
import type { FileEnd } from '../../src/records/file-listing.ts'
import { markOf } from '../../src/records/file-token.ts'
import { RecordRanges } from '../../src/records/record-ranges.ts'
import type { Layout } from './layout.ts'
import { type Cell, type Row, sheetRows } from './sheet-rows.ts'
import { openWorkbook } from './workbook.ts'

const BATCH_BYTES = 1024 * 1024

/** A batch of rows of one sheet; each record is the JSON text of its cells. */
export interface ExcelBatch extends Batch {
  readonly layout: Layout
  /** Row in the sheet of each record. */
  readonly rows: readonly number[]
}

/** The rows below the header of one sheet. */
export async function* excelBatches(
  layout: Layout,
  signal: AbortSignal,
): AsyncGenerator<ExcelBatch, FileEnd> {
  const { file } = layout
  const digest = await digestOf(file, signal)
  await using workbook = await openWorkbook(file, signal)
  const writer = new RowWriter(layout)
  for await (const rows of sheetRows(workbook, layout.sheet, signal)) {
    for (const row of rows) {
      if (row.number > layout.row) writer.add(row)
      if (writer.bytes >= BATCH_BYTES) yield writer.take()
    }
  }
  if (writer.bytes > 0) yield writer.take()
  refuseChanged(file, await stat(file.absolute, { bigint: true }))
  return { mark: markOf(file, digest) }
}

/** The cells of a row in the columns of the header, and what stands beyond them. */
export function recordCells({ cells }: Row, { first, names }: Layout): readonly Cell[] {
  const record = cells.slice(first)
  const before = cells.slice(0, first).filter((cell) => cell !== null)
  while (record.length < names.length) record.push(null)
  return [...Array.from(record, (cell) => cell ?? null), ...before]
}

class RowWriter {
  readonly #layout: Layout
  readonly #ranges = new RecordRanges()
  #texts: string[] = []
  #rows: number[] = []
  #before = 0
  bytes = 0

  constructor(layout: Layout) {
    this.#layout = layout
  }

  add(row: Row): void {
    const text = JSON.stringify(recordCells(row, this.#layout))
    const length = Buffer.byteLength(text)
    this.#ranges.add(this.bytes, this.bytes + length)
    this.#texts.push(text)
    this.#rows.push(row.number)
    this.bytes += length
  }

  take(): ExcelBatch {
    const layout = this.#layout
    const rows = this.#rows
    const before = this.#before
    const bytes = Buffer.from(this.#texts.join(''))
    const place = (index: number): Place => {
      const line = rows[index] ?? 0
      return { file: layout.file.path, sheet: layout.sheet.name, line, index: before + index + 1 }
    }
    this.#before += rows.length
    this.#texts = []
    this.#rows = []
    this.bytes = 0
    return { bytes, ...this.#ranges.take(), layout, rows, place }
  }
}
