import type { Text } from '../../src/connector.ts'

/** What `export`, `store` and `query` say, and the frame of every error. */
export const storeMessages = {
  'error.error': { en: 'error {code}: {fact}', zh: '错误 {code}：{fact}' },
  'error.hint': { en: 'hint: {hint}', zh: '提示：{hint}' },
  'error.unexpected': {
    en: 'guiji met something it did not expect: {message}',
    zh: '遇到未预料的情况：{message}',
  },
  'error.unexpected-hint': {
    en: 'run the command again; if it happens again, report this text with what you did',
    zh: '请重新运行；若再次出现，请附此文本与操作步骤反馈',
  },
  'error.cancelled': { en: 'stopped', zh: '已停止' },
  'export.done': { en: '{rows} rows written to {file}', zh: '已将 {rows} 行写入 {file}' },
  'store.up': {
    en: 'the store is running (PostgreSQL {version})',
    zh: '存储库运行中（PostgreSQL {version}）',
  },
  'store.analyst': { en: 'as analyst, read-only:', zh: '分析员（只读）：' },
  'store.stop': { en: 'Ctrl-C stops it', zh: '按 Ctrl-C 停止' },
  'query.rows': { en: '{count} rows', zh: '{count} 行' },
  'query.cut': {
    en: 'the first {count} rows; all of them with --csv or --json',
    zh: '仅前 {count} 行；用 --csv 或 --json 可得全部',
  },
  'query.hint-catalog': {
    en: 'see catalog.datasets and catalog.items for names; analysts read views only',
    zh: '名称见 catalog.datasets 与 catalog.items；分析员只能读取视图',
  },
} as const satisfies Record<string, Text>
