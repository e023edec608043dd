import path from 'node:path'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import type { SourceFile } from '../../src/records/source-files.ts'
import { LONGEST_CELL_TEXT, unescaped } from './cell-text.ts'
import { type NumberKind, numberKind } from './number-format.ts'
import { TextTable } from './text-table.ts'
import { type Attributes, readWholeXml } from './xml.ts'
import { type UnpackLimits, ZipArchive } from './zip-archive.ts'

export interface Sheet {
  readonly name: string
  /** Name of its part in the archive. */
  readonly part: string
}

/** An open workbook: its sheets in the order of the tabs, hidden ones too, and what its cells refer to. */
export interface Workbook extends AsyncDisposable {
  readonly file: SourceFile
  readonly archive: ZipArchive
  readonly sheets: readonly Sheet[]
  readonly date1904: boolean
  readonly texts: TextTable
  /** What numbers mean, by number of the cell style. */
  readonly styles: readonly NumberKind[]
}

export async function openWorkbook(
  file: SourceFile,
  signal: AbortSignal,
  limits?: UnpackLimits,
): Promise<Workbook> {
  const archive = await ZipArchive.open(file, limits)
  try {
    const parts = { archive, file: file.path, signal }
    const root = await relations(parts, '_rels/.rels', '')
    const main = root.find(({ type }) => type.endsWith('/officeDocument'))?.target
    if (main === undefined) throw broken(file, 'it is no workbook: it names no main part')
    const folder = path.posix.dirname(main)
    const related = await relations(parts, `${folder}/_rels/${path.posix.basename(main)}.rels`, folder)
    const { sheets, date1904 } = await readMain(parts, main, related)
    const partOf = (kind: string) => related.find(({ type }) => type.endsWith(`/${kind}`))?.target
    const texts = await readTexts(parts, partOf('sharedStrings'))
    const styles = await readStyles(parts, partOf('styles'))
    const dispose = () => archive[Symbol.asyncDispose]()
    return { file, archive, sheets, date1904, texts, styles, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await archive[Symbol.asyncDispose]()
    throw error
  }
}

/** The sheet of that name, or of that number from 1. */
export function sheetOf(workbook: Workbook, wanted: string | number): Sheet {
  const { sheets, file } = workbook
  const sheet = typeof wanted === 'number' ? sheets[wanted - 1] : sheets.find(({ name }) => name === wanted)
  if (sheet !== undefined) return sheet
  const names = sheets.map(({ name }) => name).join(', ')
  throw new GuijiError('EXCEL_NO_SHEET', { file: file.path, sheet: wanted, sheets: names })
}

interface Parts {
  readonly archive: ZipArchive
  readonly file: string
  readonly signal: AbortSignal
}

interface Relation {
  readonly id: string
  readonly type: string
  readonly target: string
}

async function relations(parts: Parts, name: string, folder: string): Promise<readonly Relation[]> {
  const found: Relation[] = []
  await readWholeXml(
    parts.archive,
    { ...parts, name },
    {
      open: (element, { Id = '', Type = '', Target = '' }) => {
        if (element !== 'Relationship') return
        const target = Target.startsWith('/') ? Target.slice(1) : path.posix.join(folder, Target)
        found.push({ id: Id, type: Type, target })
      },
    },
  )
  return found
}

async function readMain(parts: Parts, name: string, related: readonly Relation[]) {
  const sheets: Sheet[] = []
  let date1904 = false
  await readWholeXml(
    parts.archive,
    { ...parts, name },
    {
      open: (element, attributes) => {
        if (element === 'workbookPr') date1904 = isTrue(attributes.date1904)
        if (element !== 'sheet') return
        const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1]
        const part = related.find((relation) => relation.id === id)?.target
        if (part !== undefined) sheets.push({ name: attributes.name ?? '', part })
      },
    },
  )
  return { sheets, date1904 }
}

/** They are held in memory as long as the workbook is read. */
const LARGEST_TEXTS_BYTES = 512 * 1024 * 1024

/** Texts that cells share; the runs of a rich text are joined, phonetic guides left out. */
async function readTexts(parts: Parts, name: string | undefined): Promise<TextTable> {
  const texts = new TextTable()
  if (name === undefined || !parts.archive.has(name)) return texts
  let text = ''
  let inText = false
  let inGuide = false
  await readWholeXml(
    parts.archive,
    { ...parts, name },
    {
      open: (element) => {
        if (element === 'si') text = ''
        else if (element === 'rPh') inGuide = true
        else if (element === 't') inText = !inGuide
      },
      text: (piece) => {
        if (inText && text.length < LONGEST_CELL_TEXT) text += piece
      },
      close: (element) => {
        if (element === 't') inText = false
        else if (element === 'rPh') inGuide = false
        else if (element === 'si') texts.add(unescaped(text))
      },
    },
    LARGEST_TEXTS_BYTES,
  )
  return texts
}

async function readStyles(parts: Parts, name: string | undefined): Promise<readonly NumberKind[]> {
  const styles: NumberKind[] = []
  if (name === undefined || !parts.archive.has(name)) return styles
  const codes = new Map<number, string>()
  let inCellStyles = false
  const open = (element: string, attributes: Attributes) => {
    if (element === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
    if (element === 'cellXfs') inCellStyles = true
    if (element !== 'xf' || !inCellStyles) return
    const id = Number(attributes.numFmtId ?? 0)
    styles.push(numberKind(id, codes.get(id)))
  }
  const close = (element: string) => {
    if (element === 'cellXfs') inCellStyles = false
  }
  await readWholeXml(parts.archive, { ...parts, name }, { open, close })
  return styles
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}

function broken(file: SourceFile, problem: string): GuijiError {
  return new GuijiError('EXCEL_BROKEN', { file: file.path, problem })
}
