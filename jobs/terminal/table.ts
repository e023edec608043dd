import { cut, pad, printable, widthOf } from './width.ts'

export interface TableColumn {
  readonly title: string
  /** Default: left. */
  readonly align?: 'left' | 'right'
  /** Longer cells are cut to this many columns. */
  readonly max?: number
}

/** A table as lines of text: titles, a rule, the rows; columns as wide as their widest cell. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | null)[])[],
): string[] {
  const cells = rows.map((row) =>
    columns.map((column, at) => {
      const text = printable(row[at] ?? '')
      return column.max === undefined ? text : cut(text, column.max)
    }),
  )
  const widths = columns.map((column, at) =>
    Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[at] ?? ''))),
  )
  const line = (texts: readonly string[]) =>
    columns
      .map((column, at) => pad(texts[at] ?? '', widths[at] ?? 0, column.align))
      .join('  ')
      .trimEnd()
  return [
    line(columns.map((column) => column.title)),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...cells.map(line),
  ]
}
