import { GuijiError } from '../../src/errors/guiji-error.ts'
import {
  columnIndex,
  LONGEST_CELL_TEXT,
  MOST_COLUMNS,
  MOST_ROWS,
  numberText,
  unescaped,
} from './cell-text.ts'
import type { Sheet, Workbook } from './workbook.ts'
import { type Attributes, readXml } from './xml.ts'

/** A cell: its text, null for an empty one, or why it has none. */
export type Cell = string | null | { readonly error: string } | { readonly formula: string }

export interface Row {
  /** Number of the row in the sheet, from 1. */
  readonly number: number
  readonly cells: readonly Cell[]
  /** True where all cells that are not empty hold text, as those of a header do. */
  readonly allText: boolean
}

/** The rows of a sheet that are not empty, some at a time. Merged cells have their value in the first cell only. */
export async function* sheetRows(
  workbook: Workbook,
  sheet: Sheet,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  const builder = new RowBuilder(workbook)
  const part = { name: sheet.part, file: workbook.file.path, signal }
  for await (const _ of readXml(workbook.archive, part, builder)) {
    const rows = builder.take()
    if (rows.length > 0) yield rows
  }
}

/** A record may be as long in every kind of file. */
const LONGEST_ROW_TEXT = 16 * 1024 * 1024

class RowBuilder {
  readonly #workbook: Workbook
  #rows: Row[] = []
  #number = 0
  #cells: Cell[] = []
  #allText = true
  #column = -1
  #type = 'n'
  #style = 0
  #value = ''
  #hasValue = false
  #formula: string | undefined
  #collects: 'value' | 'formula' | undefined
  #inGuide = false
  /** Characters of the row under way. */
  #rowLength = 0

  constructor(workbook: Workbook) {
    this.#workbook = workbook
  }

  take(): readonly Row[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(element: string, attributes: Attributes): void {
    if (element === 'c') this.#openCell(attributes)
    else if (element === 'row') {
      this.#number = this.#rowNumber(attributes.r)
      this.#cells = []
      this.#allText = true
      this.#column = -1
      this.#rowLength = 0
    } else if (element === 'v' || element === 'is') this.#hasValue = true
    else if (element === 'rPh') this.#inGuide = true
    else if (element === 'f') this.#formula = ''
    if (element === 'v' || (element === 't' && !this.#inGuide)) this.#collects = 'value'
    else if (element === 'f') this.#collects = 'formula'
  }

  text(piece: string): void {
    this.#rowLength += piece.length
    if (this.#rowLength > LONGEST_ROW_TEXT) throw this.#broken('has more text than a record may have')
    if (this.#collects === 'value') this.#value += piece
    else if (this.#collects === 'formula') this.#formula += piece
  }

  close(element: string): void {
    if (element === 'v' || element === 't' || element === 'f') this.#collects = undefined
    else if (element === 'rPh') this.#inGuide = false
    else if (element === 'c') this.#closeCell()
    else if (element === 'row') this.#closeRow()
  }

  #rowNumber(written: string | undefined): number {
    const number = written === undefined ? this.#number + 1 : Number(written)
    if (Number.isInteger(number) && number >= 1 && number <= MOST_ROWS) return number
    throw this.#broken(`is followed by row ${written ?? number}`)
  }

  #broken(problem: string): GuijiError {
    const { path } = this.#workbook.file
    return new GuijiError('EXCEL_BROKEN', { file: path, problem: `row ${this.#number} ${problem}` })
  }

  #openCell(attributes: Attributes): void {
    this.#column = attributes.r === undefined ? this.#column + 1 : columnIndex(attributes.r)
    if (!(this.#column >= 0 && this.#column < MOST_COLUMNS)) throw this.#broken(`has a cell ${attributes.r}`)
    this.#type = attributes.t ?? 'n'
    this.#style = Number(attributes.s ?? 0)
    this.#value = ''
    this.#hasValue = false
    this.#formula = undefined
  }

  #closeCell(): void {
    const cell = this.#cell()
    if (cell === null || cell === '') return
    if (typeof cell !== 'string' || this.#type === 'n' || this.#type === 'b') this.#allText = false
    while (this.#cells.length < this.#column) this.#cells.push(null)
    this.#cells[this.#column] = cell
  }

  #closeRow(): void {
    if (this.#cells.length === 0) return
    this.#rows.push({ number: this.#number, cells: this.#cells, allText: this.#allText })
  }

  #cell(): Cell {
    const value = this.#value
    if (value.length > LONGEST_CELL_TEXT) return { error: `a text of ${value.length} characters` }
    if (!this.#hasValue) return this.#formula === undefined ? null : { formula: this.#formula }
    switch (this.#type) {
      case 's':
        return this.#workbook.texts.get(Number(value)) ?? { error: `no shared text ${value}` }
      case 'b':
        return value.trim() === '1' || value.trim() === 'true' ? 'true' : 'false'
      case 'e':
        return { error: value }
      case 'n': {
        if (value === '') return null
        const kind = this.#workbook.styles[this.#style] ?? 'number'
        return numberText(value, kind, this.#workbook.date1904) ?? { error: value }
      }
      default:
        return unescaped(value)
    }
  }
}
