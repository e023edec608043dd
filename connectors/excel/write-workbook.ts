import { open } from 'node:fs/promises'
import { columnName } from './cell-text.ts'
import { ZipWriter } from './zip-writer.ts'

/**
 * A cell to write: text, a number (as text for one with more digits than a double), a Date (its UTC date and time;
 * a date alone when it is midnight), a boolean, an error, a formula with or without its stored result.
 */
export type CellValue =
  | string
  | number
  | boolean
  | Date
  | null
  | { readonly number: string }
  | { readonly error: string }
  | { readonly formula: string; readonly value?: string }

export interface SheetToWrite {
  readonly name: string
  readonly rows: Iterable<readonly CellValue[]> | AsyncIterable<readonly CellValue[]>
  /** Ranges such as `A1:F1`. */
  readonly merged?: readonly string[]
  readonly hidden?: boolean
  /** Numbers of the rows, from 1, whose texts and numbers are bold. */
  readonly bold?: ReadonlySet<number>
  /** Widths of the first columns, in characters. */
  readonly widths?: readonly number[]
}

const STYLE_DATE = 1
const STYLE_DATETIME = 2
const STYLE_BOLD = 3
const PIECE_CHARACTERS = 256 * 1024

/** Writes a workbook row by row, in memory that does not grow with the rows. Texts are inline strings. */
export async function writeWorkbook(
  file: string,
  sheets: readonly SheetToWrite[],
  options: { readonly date1904?: boolean } = {},
): Promise<void> {
  await using handle = await open(file, 'w')
  const zip = new ZipWriter(handle)
  const numbers = sheets.map((_, at) => at + 1)
  await zip.part('[Content_Types].xml', [contentTypes(numbers)])
  await zip.part('_rels/.rels', [relationships([['rId1', 'officeDocument', 'xl/workbook.xml']])])
  await zip.part('xl/workbook.xml', [workbookXml(sheets, options.date1904 === true)])
  await zip.part('xl/_rels/workbook.xml.rels', [
    relationships([
      ...numbers.map((n) => [`rId${n}`, 'worksheet', `worksheets/sheet${n}.xml`] as const),
      [`rId${sheets.length + 1}`, 'styles', 'styles.xml'],
    ]),
  ])
  await zip.part('xl/styles.xml', [stylesXml])
  for (const [at, sheet] of sheets.entries()) {
    await zip.part(`xl/worksheets/sheet${at + 1}.xml`, sheetXml(sheet, options.date1904 === true))
  }
  await zip.end()
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

const stylesXml = `${head}<styleSheet xmlns="${main}"><numFmts count="2">\
<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>\
</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">\
${[0, 164, 165].map((id) => `<xf numFmtId="${id}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`).join('')}\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`

function contentTypes(numbers: readonly number[]): string {
  const override = (part: string, type: string) =>
    `<Override PartName="${part}" ContentType="${types}.${type}+xml"/>`
  return `${head}<Types xmlns="${packages}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>${override('/xl/workbook.xml', 'sheet.main')}\
${override('/xl/styles.xml', 'styles')}\
${numbers.map((n) => override(`/xl/worksheets/sheet${n}.xml`, 'worksheet')).join('')}</Types>`
}

function relationships(list: readonly (readonly [id: string, type: string, target: string])[]): string {
  const one = ([id, type, target]: readonly [string, string, string]) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`
  return `${head}<Relationships xmlns="${packages}/relationships">${list.map(one).join('')}</Relationships>`
}

function workbookXml(sheets: readonly SheetToWrite[], date1904: boolean): string {
  const one = ({ name, hidden }: SheetToWrite, at: number) =>
    `<sheet name="${escaped(name)}" sheetId="${at + 1}"${hidden ? ' state="hidden"' : ''} r:id="rId${at + 1}"/>`
  return `${head}<workbook xmlns="${main}" xmlns:r="${office}">${date1904 ? '<workbookPr date1904="1"/>' : ''}\
<sheets>${sheets.map(one).join('')}</sheets></workbook>`
}

async function* sheetXml(sheet: SheetToWrite, date1904: boolean): AsyncGenerator<string> {
  let piece = `${head}<worksheet xmlns="${main}">${columnsXml(sheet)}<sheetData>`
  let number = 0
  for await (const row of sheet.rows) {
    number++
    const cells = row
      .map((value, column) =>
        cellXml(value, `${columnName(column)}${number}`, {
          date1904,
          bold: sheet.bold?.has(number) === true,
        }),
      )
      .join('')
    if (cells !== '') piece += `<row r="${number}">${cells}</row>`
    if (piece.length > PIECE_CHARACTERS) {
      yield piece
      piece = ''
    }
  }
  const merged = (sheet.merged ?? []).map((range) => `<mergeCell ref="${range}"/>`).join('')
  yield `${piece}</sheetData>${merged === '' ? '' : `<mergeCells>${merged}</mergeCells>`}</worksheet>`
}

function columnsXml({ widths = [] }: SheetToWrite): string {
  if (widths.length === 0) return ''
  const one = (width: number, at: number) =>
    `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`
  return `<cols>${widths.map(one).join('')}</cols>`
}

function cellXml(
  value: CellValue,
  r: string,
  { date1904, bold }: { readonly date1904: boolean; readonly bold: boolean },
): string {
  if (value === null) return ''
  const style = bold ? ` s="${STYLE_BOLD}"` : ''
  if (typeof value === 'string') {
    return `<c r="${r}"${style} t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`
  }
  if (typeof value === 'number') return `<c r="${r}"${style}><v>${value}</v></c>`
  if (typeof value === 'boolean') return `<c r="${r}" t="b"><v>${value ? 1 : 0}</v></c>`
  if (value instanceof Date) {
    const serial = serialOf(value, date1904)
    return `<c r="${r}" s="${Number.isInteger(serial) ? STYLE_DATE : STYLE_DATETIME}"><v>${serial}</v></c>`
  }
  if ('number' in value) return `<c r="${r}"${style}><v>${escaped(value.number)}</v></c>`
  if ('error' in value) return `<c r="${r}" t="e"><v>${escaped(value.error)}</v></c>`
  const stored = value.value === undefined ? '' : `<v>${escaped(value.value)}</v>`
  return `<c r="${r}" t="str"><f>${escaped(value.formula)}</f>${stored}</c>`
}

/** Days since the epoch of the workbook. Before 1 March 1900 Excel is a day off (its 29 February 1900). */
function serialOf(date: Date, date1904: boolean): number {
  const days = date.getTime() / 86_400_000
  if (date1904) return days + 24_107
  return days + 25_569 < 61 ? days + 25_568 : days + 25_569
}

/** XML text; what XML cannot hold is written as Excel does, `_x0000_`. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(
      /[\x00-\x08\x0b-\x1f\ufffe\uffff]/g,
      (c) => `_x${c.charCodeAt(0).toString(16).padStart(4, '0')}_`,
    )
}
