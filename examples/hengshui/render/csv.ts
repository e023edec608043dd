import type { SourceRecord } from '../generator/records.ts'
import type { Dataset } from '../list/types.ts'

/** The header line of a drop: the source's own column names. */
export function csvHeader(dataset: Dataset, delimiter: string): string {
  return `${dataset.items.map((item) => item.field).join(delimiter)}\r\n`
}

/** One line of a drop. A ragged record breaks off before its last field. */
export function csvLine(delimiter: string): (record: SourceRecord) => string {
  const special = new RegExp(`["\\r\\n${delimiter === '|' ? '|' : delimiter}]`)
  const quoted = (value: string): string => (special.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  return ({ values, ragged }) => {
    const last = ragged ? values.length - 1 : values.length
    let line = quoted(values[0] ?? '')
    for (let i = 1; i < last; i += 1) line += delimiter + quoted(values[i] ?? '')
    return `${line}\r\n`
  }
}
