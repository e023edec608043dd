import { sharingMethods, sharingTypes } from '../../../catalog-schema/vocabulary/sharing.ts'
import { encodeGb18030 } from '../gb18030.ts'
import type { Dataset } from '../list/types.ts'
import { xlsx } from '../render/xlsx.ts'

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

export interface PublishedList {
  /** GB18030, as spreadsheets of the region save it. */
  readonly csv: Buffer
  readonly xlsx: Buffer
}

/** The list as the city prints it: one row per dataset, all items in one cell. */
export function publishedList(datasets: readonly Dataset[]): PublishedList {
  const rows = datasets.map(listRow)
  const title = '衡水市政务数据共享责任清单(合成数据)'
  const lines = [header, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`)
  return {
    csv: encodeGb18030(lines.join('')),
    xlsx: xlsx({
      name: '责任清单',
      titles: [title],
      header,
      rows: rows.map((row) => row.map((text) => (text === '' ? undefined : { kind: 'text', text }))),
    }),
  }
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
