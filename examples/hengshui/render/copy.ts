import type { SourceRecord } from '../generator/records.ts'

const special = /[\\\t\r\n]/g
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\r': '\\r', '\n': '\\n' }

/** One line of PostgreSQL's COPY text format. */
export function copyLine({ values }: SourceRecord): string {
  let line = ''
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? ''
    if (i > 0) line += '\t'
    line += value === '' ? '\\N' : value.replace(special, (mark) => escapes[mark] ?? mark)
  }
  return `${line}\n`
}
