import type { Text } from '../connector.ts'
import type { Language } from '../errors/table.ts'
import type { Change, ChangeSubject } from './diff-workspace.ts'
import type { TableChange } from './table-change.ts'

const signs = { added: '+', changed: '~', removed: '-' } as const

const subjects: Readonly<Record<ChangeSubject, Text>> = {
  settings: { en: 'settings', zh: '设置' },
  department: { en: 'department', zh: '部门' },
  dataset: { en: 'dataset', zh: '共享信息' },
  item: { en: 'item', zh: '数据项' },
  commitment: { en: 'commitment', zh: '承诺' },
  source: { en: 'source', zh: '源系统' },
  harvest: { en: 'harvest', zh: '归集任务' },
  calendar: { en: 'calendar', zh: '工作日历' },
  waiver: { en: 'waiver', zh: '豁免' },
}

const tables: Readonly<Record<TableChange, Text>> = {
  created: { en: 'table is created', zh: '新建表' },
  dropped: { en: 'table is dropped', zh: '删除表' },
  'item-added': { en: 'column is added', zh: '增加列' },
  'item-retired': { en: 'column is retired', zh: '停用列' },
  'item-widened': { en: 'column is widened', zh: '扩展列类型' },
  'item-retyped': { en: 'column changes its type', zh: '变更列类型' },
  rekeyed: { en: 'rows get another key', zh: '变更主键' },
  repartitioned: { en: 'table is partitioned anew', zh: '变更分区' },
}

const loss: Text = { en: 'loses data', zh: '会丢失数据' }

/** A change as lines of a plan: the subject, then one indented line per field, `before → after`. */
export function formatChange(change: Change, language: Language): string[] {
  const name = change.name === '' ? '' : ` ${change.name}`
  const notes = [change.table && tables[change.table][language], change.losesData && loss[language]]
  const said = notes.filter((note) => typeof note === 'string').join(language === 'zh' ? '，' : ', ')
  const head = `${signs[change.action]} ${subjects[change.subject][language]} ${change.code}${name}`
  return [
    said === '' ? head : `${head} (${said})`,
    ...change.fields.map(({ path, before, after }) => `    ${path}: ${show(before)} → ${show(after)}`),
  ]
}

function show(value: unknown): string {
  return value === undefined ? '∅' : typeof value === 'string' ? value : JSON.stringify(value)
}
