import { stat } from 'node:fs/promises'
import path from 'node:path'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { problemOf, type SourceFile } from '../../src/records/source-files.ts'
import { sheetRows } from './sheet-rows.ts'
import { openWorkbook, sheetOf } from './workbook.ts'

/**
 * All cells of the first sheet of a workbook as text, row by row; rows that are empty are there, so that row n of
 * the sheet is element n − 1. Only the first of merged cells has their text; a cell with an error has the error's.
 */
export async function readSheet(file: string, signal = new AbortController().signal): Promise<string[][]> {
  await using workbook = await openWorkbook(await describe(file), signal)
  const sheet: string[][] = []
  for await (const rows of sheetRows(workbook, sheetOf(workbook, 1), signal)) {
    for (const { number, cells } of rows) {
      while (sheet.length < number - 1) sheet.push([])
      sheet.push(Array.from(cells, (cell) => (cell === null ? '' : textOf(cell))))
    }
  }
  return sheet
}

function textOf(cell: string | { readonly error: string } | { readonly formula: string }): string {
  if (typeof cell === 'string') return cell
  return 'error' in cell ? cell.error : `=${cell.formula}`
}

async function describe(file: string): Promise<SourceFile> {
  try {
    const { size, mtimeNs } = await stat(file, { bigint: true })
    return { path: path.basename(file), absolute: path.resolve(file), size: Number(size), mtimeNs }
  } catch (error) {
    throw new GuijiError('FILE_UNREADABLE', { file, problem: problemOf(error) }, { cause: error })
  }
}
