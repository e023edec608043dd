/** A quote that is opened at `line` and never closed. */
export interface OpenQuote {
  readonly openQuoteAt: number
}

/**
 * Reads delimited text (RFC 4180: quotes doubled inside quotes, line breaks allowed there) into rows of cells. For a
 * published list of a few thousand rows; sources are read by the connectors.
 */
export function parseCsv(text: string, delimiter: string): string[][] | OpenQuote {
  const rows: string[][] = []
  let row: string[] = []
  let position = 0
  while (position < text.length) {
    const cell =
      text[position] === '"' ? quotedCell(text, position, delimiter) : plainCell(text, position, delimiter)
    if (cell === undefined) return { openQuoteAt: text.slice(0, position).split('\n').length }
    row.push(cell.text)
    position = cell.end
    if (text[position] === delimiter) {
      position += 1
      if (position < text.length) continue
      row.push('')
    }
    rows.push(row)
    row = []
    position += text.startsWith('\r\n', position) ? 2 : 1
  }
  return rows
}

/** The delimiter that occurs most in the first lines: comma, tab (Excel's "Unicode text") or semicolon. */
export function guessDelimiter(text: string): string {
  const head = text.split('\n', 20).join('\n')
  const count = (delimiter: string) => head.split(delimiter).length
  return [',', '\t', ';'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

interface Cell {
  readonly text: string
  /** Where the delimiter or line break after the cell stands. */
  readonly end: number
}

function plainCell(text: string, start: number, delimiter: string): Cell {
  let end = start
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1
  return { text: text.slice(start, end), end }
}

/** What follows the closing quote up to the delimiter is kept, so that nothing of a careless cell is lost. */
function quotedCell(text: string, start: number, delimiter: string): Cell | undefined {
  let value = ''
  let position = start + 1
  for (;;) {
    const quote = text.indexOf('"', position)
    if (quote < 0) return undefined
    value += text.slice(position, quote)
    position = quote + 1
    if (text[position] !== '"') break
    value += '"'
    position += 1
  }
  const rest = plainCell(text, position, delimiter)
  return { text: value + rest.text, end: rest.end }
}
