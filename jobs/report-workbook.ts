import { type CellValue, type SheetToWrite, writeWorkbook } from '../connectors/excel/write-workbook.ts'
import { cellText, type Page, type PageCell, type PageTable } from '../src/report/page.ts'

/** Writes the page as a workbook: its texts on the first sheet, then a sheet for each table, all details last. */
export async function writeReportWorkbook(file: string, page: Page, detailName: string): Promise<void> {
  const tables = page.sections.flatMap(({ title, table }) => (table === undefined ? [] : [{ title, table }]))
  const sheets = [...tables, { title: detailName, table: page.detail }].map(({ title, table }) =>
    sheetOf(title, table),
  )
  await writeWorkbook(file, [textSheet(page), ...sheets])
}

function textSheet(page: Page): SheetToWrite {
  const bold = new Set<number>()
  const rows: CellValue[][] = []
  const add = (text: string, isTitle = false) => {
    rows.push([text])
    if (isTitle) bold.add(rows.length)
  }
  add(page.title, true)
  for (const line of page.lines) add(line)
  for (const { title, texts, table } of page.sections) {
    if (table !== undefined && texts.length === 0) continue
    add(title, true)
    for (const text of texts) add(text)
  }
  return { name: sheetName(page.sections[0]?.title ?? page.title), rows, bold, widths: [120] }
}

function sheetOf(title: string, { columns, rows, totals }: PageTable): SheetToWrite {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => row.map(cellOf))]
  return {
    name: sheetName(title),
    rows: lines,
    bold: new Set(totals === true ? [1, lines.length] : [1]),
    widths: columns.map((column, at) =>
      Math.min(
        60,
        2 + Math.max(...[column.title, ...rows.map((row) => cellText(row[at] ?? null))].map(widthOf)),
      ),
    ),
  }
}

/** A count of any size is written digit by digit; a text is a text, whatever it begins with. */
function cellOf(cell: PageCell): CellValue {
  return typeof cell === 'bigint' ? { number: String(cell) } : cell
}

/** Excel: at most 31 characters, none of these. */
function sheetName(title: string): string {
  return title.replaceAll(/[[\]:*?/\\]/g, ' ').slice(0, 31)
}

/** Columns of the sheet: a Chinese character takes two. */
function widthOf(text: string): number {
  return [...text].reduce((width, character) => width + (character > '\u2e7f' ? 2 : 1), 0)
}
