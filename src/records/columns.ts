import { GuijiError } from '../errors/guiji-error.ts'
import type { SourceFile } from './source-files.ts'

/** No table that departments share is wider; a file that is was made to be trouble, or has lost its line ends. */
export const MOST_COLUMNS = 16_384

/** The first name that occurs again; undefined where all differ. */
export function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => {
    if (seen.has(name)) return true
    seen.add(name)
    return false
  })
}

/** A file and the columns that its header names, in its order. */
export interface FileColumns {
  readonly file: SourceFile
  readonly names: readonly string[]
}

/** How the columns of several files become the fields of one listing. */
export interface Columns {
  readonly fields: readonly string[]
  /** All files have these columns and no others, in this order. */
  readonly alike: boolean
  /** Fields of one record of a file in the order of the listing. */
  arrange(columns: FileColumns, record: readonly (string | null)[]): readonly (string | null)[]
}

/**
 * Files with the same header have its columns. Of files with different headers only the columns they all have are
 * fields; a requested one that some have and others lack is an error, one that all lack is for the caller to find.
 */
export function combineColumns(layouts: readonly FileColumns[], requested: readonly string[]): Columns {
  const first = layouts[0]
  if (first === undefined) return { fields: [], alike: true, arrange: (_, record) => record }
  if (layouts.every(({ names }) => sameNames(names, first.names))) {
    return { fields: first.names, alike: true, arrange: (_, record) => record }
  }
  for (const column of requested) refusePartly(layouts, column)
  const fields = first.names.filter((name) => layouts.every(({ names }) => names.includes(name)))
  const orders = new Map(
    layouts.map(({ file, names }) => [file.path, fields.map((name) => names.indexOf(name))]),
  )
  return {
    fields,
    alike: false,
    arrange: ({ file }, record) => (orders.get(file.path) ?? []).map((at) => record[at] ?? null),
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at])
}

function refusePartly(layouts: readonly FileColumns[], column: string): void {
  const having = layouts.find(({ names }) => names.includes(column))
  const lacking = layouts.find(({ names }) => !names.includes(column))
  if (having === undefined || lacking === undefined) return
  throw new GuijiError('FILE_HEADER_DIFFERS', { file: lacking.file.path, column, other: having.file.path })
}
