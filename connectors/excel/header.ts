import { GuijiError } from '../../src/errors/guiji-error.ts'
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

/**
 * The header of a sheet: the row that is given, or the first of the top rows whose cells are all text, without a
 * gap, and which no row near it is wider than. Title rows, merged over the table, hold a single cell and so are
 * narrower than what they stand above.
 */
export function findHeader(file: SourceFile, rows: readonly Row[], given: number | undefined): Header {
  if (rows.length === 0)
    throw new GuijiError('FILE_EMPTY', { file: file.path, problem: 'the sheet has no cells' })
  const widest = Math.max(...rows.map(width))
  const row =
    given === undefined
      ? rows.find((one) => one.allText && width(one) === widest && !hasGap(one))
      : rows.find(({ number }) => number === given)
  if (row !== undefined) return headerOf(file, row)
  const problem =
    given === undefined
      ? `none of the first ${rows.length} rows has a text in each of ${widest} columns; set "headerRow"`
      : 'the row is empty'
  throw new GuijiError('FILE_HEADER', { file: file.path, line: given ?? 1, problem })
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
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw fail(`the name ${twice} occurs twice`)
  return { row: row.number, first, names }
}

function firstColumn({ cells }: Row): number {
  return cells.findIndex((cell) => cell !== null)
}

function width(row: Row): number {
  return row.cells.length - firstColumn(row)
}

function hasGap(row: Row): boolean {
  return row.cells.slice(firstColumn(row)).includes(null)
}
