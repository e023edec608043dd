import type { DocumentSpec } from './documents.ts'

/** The made table: nine columns with Chinese text, a decimal, a date and a time. */
export const columns = [
  { code: 'code', name: '注册号', type: 'text', key: true, column: 'text primary key' },
  { code: 'name', name: '企业名称', type: 'text', required: true, column: 'text not null' },
  { code: 'address', name: '住所', type: 'text', required: true, column: 'text not null' },
  { code: 'division', name: '行政区划代码', type: 'text', required: true, column: 'text not null' },
  { code: 'capital', name: '注册资本', type: 'decimal', column: 'numeric' },
  { code: 'staff', name: '从业人数', type: 'integer', column: 'bigint' },
  { code: 'founded', name: '成立日期', type: 'date', required: true, column: 'date not null' },
  { code: 'updated_at', name: '更新时间', type: 'datetime', required: true, column: 'timestamp not null' },
  { code: 'status', name: '登记状态', type: 'text', required: true, column: 'text not null' },
] as const

export const columnNames = columns.map((column) => column.code).join(', ')

/** The same columns, types, key and required values as guiji's own table. */
export const tableDefinition = columns.map((column) => `${column.code} ${column.column}`).join(', ')

/** The documents that harvest the table from a source of some kind. */
export function enterprises(source: DocumentSpec['source'], read: DocumentSpec['read']): DocumentSpec {
  const items = columns.map(({ column: _, ...item }) => item)
  return { dataset: { code: 'enterprises', name: '企业登记信息', items }, source, read }
}
