import type { Issue } from '../../src/connector.ts'
import { issue } from '../../src/records/issues.ts'
import { columnName } from './cell-text.ts'
import type { Layout } from './layout.ts'
import type { Cell } from './sheet-rows.ts'

/** The texts of one record, or what is wrong with a cell; `row` is its row in the sheet. */
export function decodeCells(
  cells: readonly Cell[],
  layout: Layout,
  row: number,
): readonly (string | null)[] | Issue {
  const { first, names } = layout
  const texts: (string | null)[] = []
  for (const [at, cell] of cells.entries()) {
    const reference = `${columnName(first + at)}${row}`
    if (typeof cell === 'object' && cell !== null) return cellIssue(cell, reference, names[at])
    if (at >= names.length) {
      const message = `found ${cells.length} cells, expected ${names.length}: row ${row} has a cell outside the header`
      return issue('ragged', message, cell ?? '')
    }
    if (cell?.includes('\0')) return issue('nul', `a NUL character in cell ${reference}`, cell, names[at])
    if (cell?.isWellFormed() === false) {
      return issue('encoding', `half of a UTF-16 pair in cell ${reference}`, undefined, names[at])
    }
    texts.push(cell)
  }
  return texts
}

function cellIssue(cell: Exclude<Cell, string | null>, reference: string, column: string | undefined): Issue {
  if ('error' in cell) {
    return issue(
      'type',
      `cell ${reference} holds ${cell.error}, which is an error or no date`,
      cell.error,
      column,
    )
  }
  return issue(
    'type',
    `cell ${reference} holds a formula without a stored result`,
    `=${cell.formula}`,
    column,
  )
}
