import type { CellValue, SheetToWrite } from '../../../connectors/excel/write-workbook.ts'

/** A sheet whose header stands below title rows, each merged over the whole width. Up to 26 columns. */
export function titledSheet(
  name: string,
  titles: readonly string[],
  header: readonly string[],
  records: Iterable<readonly CellValue[]>,
): SheetToWrite {
  const last = String.fromCharCode('A'.charCodeAt(0) + header.length - 1)
  function* rows(): Generator<readonly CellValue[]> {
    for (const title of titles) yield [title]
    yield header
    yield* records
  }
  return { name, rows: rows(), merged: titles.map((_, index) => `A${index + 1}:${last}${index + 1}`) }
}
