import type { Page, PageCell } from './page.ts'

/**
 * Every dataset on a line with all its figures: RFC 4180, with a byte order mark, without which Excel takes Chinese
 * for something else. Counts have no separators.
 */
export function writeCsv({ detail }: Page): string {
  const lines = [detail.columns.map(({ title }) => title), ...detail.rows]
  return `\ufeff${lines.map((line) => `${line.map(field).join(',')}\r\n`).join('')}`
}

function field(cell: PageCell): string {
  if (cell === null) return ''
  if (typeof cell === 'bigint') return String(cell)
  const text = harmless(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Spreadsheets run a text that begins like a formula (OWASP, CSV injection): an apostrophe makes it a text. */
function harmless(text: string): string {
  return /^\s*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text
}
