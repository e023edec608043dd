import { recordReader } from '../generator/records.ts'
import { fieldName } from '../list/field-name.ts'
import type { Item } from '../list/types.ts'
import type { PlannedFile } from '../systems/file-plan.ts'
import { type Cell, xlsx } from './xlsx.ts'

/** A workbook as an office keeps it: a merged title, a merged remark, the header, the records with real dates. */
export function workbook({ dataset, life, entries }: PlannedFile, day: number): Buffer {
  const read = recordReader(life, day)
  const { items, department } = dataset
  function* rows(): Generator<readonly Cell[]> {
    for (const entry of entries) {
      const { values } = read(entry)
      yield items.map((item, index) => cell(item, values[index] ?? ''))
    }
  }
  return xlsx({
    name: dataset.name.slice(0, 31),
    titles: [`${department.name}${dataset.name}`, '(合成数据,仅供演示)'],
    header: items.map((item) => fieldName(dataset, item)),
    rows: rows(),
  })
}

function cell(item: Item, text: string): Cell {
  if (text === '') return undefined
  if (item.type === 'integer' || item.type === 'decimal') return { kind: 'number', text }
  if (item.type === 'date' || item.type === 'datetime') return { kind: item.type, text }
  if (item.type === 'boolean') return { kind: 'text', text: text === 'true' ? '是' : '否' }
  return { kind: 'text', text }
}
