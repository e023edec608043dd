import type { SourceFile } from '../../src/records/source-files.ts'
import type { ExcelRead } from './config.ts'
import { findHeader, HEADER_SEARCH_ROWS, type Header } from './header.ts'
import { type Row, sheetRows } from './sheet-rows.ts'
import { openWorkbook, type Sheet, sheetOf, type Workbook } from './workbook.ts'

/** What the top of a sheet shows. */
export interface Layout extends Header {
  readonly file: SourceFile
  readonly sheet: Sheet
  /** The rows looked at, the header and what is above it included. */
  readonly top: readonly Row[]
}

export async function readLayout(file: SourceFile, read: ExcelRead, signal: AbortSignal): Promise<Layout> {
  await using workbook = await openWorkbook(file, signal)
  return await sheetLayout(workbook, sheetOf(workbook, read.sheet), { headerRow: read.headerRow, signal })
}

export async function sheetLayout(
  workbook: Workbook,
  sheet: Sheet,
  options: { readonly headerRow?: number | undefined; readonly signal: AbortSignal },
): Promise<Layout> {
  const { file } = workbook
  const { headerRow, signal } = options
  const top: Row[] = []
  for await (const rows of sheetRows(workbook, sheet, signal)) {
    for (const row of rows) if (top.length < HEADER_SEARCH_ROWS || row.number === headerRow) top.push(row)
    if (top.length >= HEADER_SEARCH_ROWS && (top.at(-1)?.number ?? 0) >= (headerRow ?? 0)) break
  }
  return { file, sheet, top, ...findHeader(file, top, headerRow) }
}
