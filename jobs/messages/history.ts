import type { Text } from '../../src/connector.ts'

/** What `maintain` says. */
export const historyMessages = {
  'help.maintain': {
    en: 'look after the history: make months ahead, roll up months that are over, clear details past their time',
    zh: '维护历史：预建月份分区，结转已过去的月份，清除到期的明细',
  },
  'maintain.made': { en: 'months made ahead: {months}', zh: '已预建月份：{months}' },
  'maintain.rolled': { en: 'months rolled up: {months}', zh: '已结转月份：{months}' },
  'maintain.chunks': { en: 'ledger entries cleared of: {months}', zh: '已清除台账分录的月份：{months}' },
  'maintain.runs': { en: 'runs cleared of: {months}', zh: '已清除运行明细的月份：{months}' },
  'maintain.busy': {
    en: 'left for the next time, since harvests are at work: {months}',
    zh: '因归集正在进行而留待下次：{months}',
  },
  'maintain.rows': {
    en: 'rows cleared: {occurrences} settled periods, {slots} slots, {rejects} closed rejects, {days} roll-ups by day',
    zh: '已清除：已定期次 {occurrences}，班次 {slots}，已关闭的拒收记录 {rejects}，按日汇总 {days}',
  },
  'maintain.before': { en: 'before', zh: '此前' },
  'maintain.nothing': { en: 'nothing was due', zh: '无需处理' },
  'maintain.other': {
    en: 'another process is looking after the history of this store; nothing was done',
    zh: '另一进程正在维护此存储库的历史；未作任何改动',
  },
} as const satisfies Record<string, Text>
