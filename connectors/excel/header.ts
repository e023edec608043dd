import { GuijiError } from '../../src/errors/guiji-error.ts'
import { firstRepeated } from '../../src/records/columns.ts'
import type { SourceFile } from '../../src/records/source-files.ts'
import { columnName } from './cell-text.ts'
import type { Row } from './sheet-rows.ts'

/** Rows at the top of a sheet among which its header is looked for. */
export const HEADER_SEARCH_ROWS = 100

export interface Header {
  readonly row: number
  /** Index of its first column: tables need not begin in column A. */
  readonly first: number
  readonly names: readonly string[]
}

/** Rows below one that are compared with it. */
const COMPARED_ROWS = 10

/**
 * The header of a sheet: the row that is given, or the first row of the table, which then must be all text.
 *
 * The table begins at the first row that is more than half full and that most of the next rows are not wider than.
 * So title rows are passed over: merged ones hold a single cell, others are narrower than the table or mostly
 * empty. A first row that cannot be a header is an error, never passed over: the row below it is data.
 */
export function findHeader(file: SourceFile, rows: readonly Row[], given: number | undefined): Header {
  if (rows.length === 0)
    throw new GuijiError('FILE_EMPTY', { file: file.path, problem: 'the sheet has no cells' })
  const fail = (line: number, problem: string) =>
    new GuijiError('FILE_HEADER', { file: file.path, line, problem })
  if (given !== undefined) {
    const row = rows.find(({ number }) => number === given)
    if (row === undefined) throw fail(given, 'the row is empty')
    return headerOf(file, row)
  }
  const row = rows.find((_, at) => beginsTable(rows, at))
  if (row === undefined)
    throw fail(1, `none of the first ${rows.length} rows begins a table; set "headerRow"`)
  if (!row.allText) throw fail(row.number, 'it begins the table but is not all text; set "headerRow"')
  return headerOf(file, row)
}

function beginsTable(rows: readonly Row[], at: number): boolean {
  const row = rows[at]
  if (row === undefined) return false
  const own = width(row)
  const filled = row.cells.filter((cell) => cell !== null && cell !== undefined).length
  if (filled * 2 <= own || own < Math.min(2, Math.max(...rows.map(width)))) return false
  const next = rows.slice(at + 1, at + 1 + COMPARED_ROWS)
  return next.filter((one) => width(one) > own).length * 2 <= next.length
}

function headerOf(file: SourceFile, row: Row): Header {
  const fail = (problem: string) =>
    new GuijiError('FILE_HEADER', { file: file.path, line: row.number, problem })
  const first = firstColumn(row)
  const names = row.cells.slice(first).map((cell, at) => {
    const name = typeof cell === 'string' ? cell.replaceAll(/\s*\n\s*/g, '').trim() : ''
    if (name === '') throw fail(`cell ${columnName(first + at)}${row.number} has no name`)
    return name
  })
  const twice = firstRepeated(names)
  if (twice !== undefined) throw fail(`the name ${twice} occurs twice`)
  return { row: row.number, first, names }
}

function firstColumn({ cells }: Row): number {
  return cells.findIndex((cell) => cell !== null)
}

function width(row: Row): number {
  return row.cells.length - firstColumn(row)
}
