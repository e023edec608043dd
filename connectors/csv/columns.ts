import { GuijiError } from '../../src/errors/guiji-error.ts'
import type { Layout } from './layout.ts'

/** How the columns of several files become the fields of one listing. */
export interface Columns {
  readonly fields: readonly string[]
  /** PostgreSQL's name of the encoding, where the raw records of all files can be given to COPY alike. */
  readonly copyEncoding: 'UTF8' | 'GB18030' | undefined
  /** Fields of one record of a file in the order of the listing. */
  arrange(layout: Layout, record: readonly (string | null)[]): readonly (string | null)[]
}

/**
 * Files with the same header have its columns. Of files with different headers only the columns they all have are
 * fields; a requested one that some have and others lack is an error, one that all lack is for the caller to find.
 */
export function combineColumns(layouts: readonly Layout[], requested: readonly string[]): Columns {
  const first = layouts[0]
  if (first === undefined) return { fields: [], copyEncoding: undefined, arrange: (_, record) => record }
  if (layouts.every(({ names }) => sameNames(names, first.names))) {
    return { fields: first.names, copyEncoding: copyEncoding(layouts), arrange: (_, record) => record }
  }
  for (const column of requested) refusePartly(layouts, column)
  const fields = first.names.filter((name) => layouts.every(({ names }) => names.includes(name)))
  const orders = new Map(
    layouts.map(({ file, names }) => [file.path, fields.map((name) => names.indexOf(name))]),
  )
  return {
    fields,
    copyEncoding: undefined,
    arrange: (layout, record) => (orders.get(layout.file.path) ?? []).map((at) => record[at] ?? null),
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at])
}

function refusePartly(layouts: readonly Layout[], column: string): void {
  const having = layouts.find(({ names }) => names.includes(column))
  const lacking = layouts.find(({ names }) => !names.includes(column))
  if (having === undefined || lacking === undefined) return
  throw new GuijiError('FILE_HEADER_DIFFERS', { file: lacking.file.path, column, other: having.file.path })
}

/** UTF-16 is not offered: what was invalid in it shows only when a record is decoded. */
function copyEncoding(layouts: readonly Layout[]): Columns['copyEncoding'] {
  const encodings = new Set(layouts.map(({ encoding }) => encoding))
  if (encodings.size !== 1) return undefined
  if (encodings.has('utf-8')) return 'UTF8'
  return encodings.has('gb18030') ? 'GB18030' : undefined
}
