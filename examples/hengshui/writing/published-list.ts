import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sharingMethods, sharingTypes } from '../../../catalog-schema/vocabulary/sharing.ts'
import { writeWorkbook } from '../../../connectors/excel/write-workbook.ts'
import { encodeGb18030 } from '../gb18030.ts'
import type { Dataset } from '../list/types.ts'
import { titledSheet } from '../render/titled-sheet.ts'

const header = [
  '序号',
  '提供单位',
  '共享信息名称',
  '数据项',
  '共享类型',
  '共享方式',
  '使用条件',
  '共享范围',
  '使用用途',
  '不予共享理由',
  '不予共享依据',
  '更新周期',
  '资源代码',
  '摘要',
]

/**
 * The list as the city prints it, one row per dataset, all items in one cell: `list.csv` in GB18030, as
 * spreadsheets of the region save it, and `list.xlsx` with a merged title.
 */
export async function writePublishedList(directory: string, datasets: readonly Dataset[]): Promise<void> {
  const rows = datasets.map(listRow)
  const lines = [header, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`)
  await writeFile(join(directory, 'list.csv'), encodeGb18030(lines.join('')))
  const title = '衡水市政务数据共享责任清单(合成数据)'
  const cells = rows.map((row) => row.map((text) => (text === '' ? null : text)))
  await writeWorkbook(join(directory, 'list.xlsx'), [titledSheet('责任清单', [title], header, cells)])
}

function listRow(dataset: Dataset, index: number): readonly string[] {
  const sharing = dataset.sharing ?? dataset.department.sharing
  return [
    String(index + 1),
    dataset.department.name,
    dataset.name,
    dataset.items.map((item) => item.name).join('、'),
    sharingTypes[sharing.type].zh,
    sharing.methods.map((method) => sharingMethods[method].zh).join('、'),
    sharing.conditions,
    sharing.scope ?? '',
    sharing.purpose ?? '',
    sharing.reason ?? '',
    sharing.legalBasis ?? '',
    dataset.cycle,
    dataset.resourceCode,
    dataset.summary ?? '合成数据,仅供演示',
  ]
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
