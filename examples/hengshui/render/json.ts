import type { SourceRecord } from '../generator/records.ts'
import type { Dataset, Item } from '../list/types.ts'

const number = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/
const needsEscape = /["\\\u0000-\u001f]/

/** One record as a JSON object, numbers digit for digit, no value as `null`. */
export function jsonObject(dataset: Dataset): (record: SourceRecord) => string {
  const names = dataset.items.map((item, index) => `${index === 0 ? '{' : ','}${JSON.stringify(item.field)}:`)
  return ({ values }) => {
    let text = ''
    for (let i = 0; i < names.length; i += 1) text += names[i] + jsonValue(dataset.items[i], values[i] ?? '')
    return `${text}}`
  }
}

function jsonValue(item: Item | undefined, value: string): string {
  if (value === '') return 'null'
  if ((item?.type === 'integer' || item?.type === 'decimal') && number.test(value)) return value
  if (item?.type === 'boolean') return value
  return needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`
}
