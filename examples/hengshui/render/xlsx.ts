import { zip } from './zip.ts'

/** A cell as a person would have typed it. `undefined` is an empty cell. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  /** `2025-06-20`: a real date, shown as 2025-06-20. */
  | { readonly kind: 'date'; readonly text: string }
  /** `2025-06-20 08:05:09` */
  | { readonly kind: 'datetime'; readonly text: string }
  | undefined

export interface Sheet {
  readonly name: string
  /** Rows above the header, each merged over the whole width. */
  readonly titles: readonly string[]
  readonly header: readonly string[]
  readonly rows: Iterable<readonly Cell[]>
}

const prolog = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'

/** An Excel workbook of one sheet. The same content gives the same bytes. */
export function xlsx(sheet: Sheet): Buffer {
  return zip([
    { name: '[Content_Types].xml', content: contentTypes },
    { name: '_rels/.rels', content: relationships([['officeDocument', 'xl/workbook.xml']]) },
    { name: 'xl/workbook.xml', content: workbookPart(sheet.name) },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relationships([
        ['worksheet', 'worksheets/sheet1.xml'],
        ['styles', 'styles.xml'],
      ]),
    },
    { name: 'xl/styles.xml', content: styles },
    { name: 'xl/worksheets/sheet1.xml', content: sheetPart(sheet) },
  ])
}

const contentTypes = `${prolog}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`

/** Cell styles: 0 plain, 1 date, 2 date and time. */
const styles = `${prolog}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`

function workbookPart(name: string): string {
  return `${prolog}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${escapeXml(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`
}

function relationships(targets: readonly (readonly [string, string])[]): string {
  const list = targets.map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${office}/${type}" Target="${target}"/>`,
  )
  return `${prolog}<Relationships xmlns="${packages}/relationships">${list.join('')}</Relationships>`
}

function sheetPart(sheet: Sheet): string {
  const width = sheet.header.length
  const rows: string[] = []
  const add = (cells: readonly Cell[]): void => {
    const number = rows.length + 1
    rows.push(
      `<row r="${number}">${cells.map((cell, column) => cellText(cell, columnName(column) + number)).join('')}</row>`,
    )
  }
  for (const title of sheet.titles) add([{ kind: 'text', text: title }])
  add(sheet.header.map((text) => ({ kind: 'text', text })))
  for (const row of sheet.rows) add(row)
  const merges = sheet.titles.map(
    (_, index) => `<mergeCell ref="A${index + 1}:${columnName(width - 1)}${index + 1}"/>`,
  )
  const merged =
    merges.length === 0 ? '' : `<mergeCells count="${merges.length}">${merges.join('')}</mergeCells>`
  return `${prolog}<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData>${merged}</worksheet>`
}

function cellText(cell: Cell, place: string): string {
  if (cell === undefined) return ''
  if (cell.kind === 'text') {
    return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell.text)}</t></is></c>`
  }
  if (cell.kind === 'number') return `<c r="${place}"><v>${cell.text}</v></c>`
  const style = cell.kind === 'date' ? 1 : 2
  return `<c r="${place}" s="${style}"><v>${serial(cell.text)}</v></c>`
}

/** Days since 1899-12-30, as Excel counts. */
function serial(text: string): string {
  const milliseconds = Date.parse(`${text.replace(' ', 'T')}${text.length === 10 ? 'T00:00:00' : ''}Z`)
  return String(milliseconds / 86_400_000 + 25_569)
}

function columnName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : columnName(Math.floor(index / 26) - 1) + last
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
