import { type CellValue, writeWorkbook } from '../../../connectors/excel/write-workbook.ts'
import { recordReader } from '../generator/records.ts'
import { fieldName } from '../list/field-name.ts'
import type { Item } from '../list/types.ts'
import type { PlannedFile } from '../systems/file-plan.ts'
import { titledSheet } from './titled-sheet.ts'

/** A workbook as an office keeps it: a merged title, a merged remark, the header, the records with real dates. */
export function writeRecords(
  path: string,
  { dataset, life, entries }: PlannedFile,
  day: number,
): Promise<void> {
  const read = recordReader(life, day)
  const { items, department } = dataset
  function* rows(): Generator<readonly CellValue[]> {
    for (const entry of entries) {
      const { values } = read(entry)
      yield items.map((item, index) => cell(item, values[index] ?? ''))
    }
  }
  const titles = [`${department.name}${dataset.name}`, '(合成数据,仅供演示)']
  const header = items.map((item) => fieldName(dataset, item))
  return writeWorkbook(path, [titledSheet(dataset.name.slice(0, 31), titles, header, rows())])
}

function cell(item: Item, text: string): CellValue {
  if (text === '') return null
  if (item.type === 'integer' || item.type === 'decimal') return { number: text }
  if (item.type === 'date') return new Date(`${text}T00:00:00Z`)
  if (item.type === 'datetime') return new Date(`${text.replace(' ', 'T')}Z`)
  if (item.type === 'boolean') return text === 'true' ? '是' : '否'
  return text
}
