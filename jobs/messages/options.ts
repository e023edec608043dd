import type { Text } from '../../src/connector.ts'

/** What options and arguments mean. */
export const optionMessages = {
  'option.workspace': {
    en: 'folder of the workspace (default: the nearest one upwards with a guiji.yaml)',
    zh: '工作区目录（默认：向上最近的含 guiji.yaml 的目录）',
  },
  'option.store': {
    en: 'PostgreSQL address of the store, or env:NAME, file:/path (default: as in guiji.yaml)',
    zh: '存储库的 PostgreSQL 地址，或 env:变量名、file:/路径（默认：按 guiji.yaml）',
  },
  'option.json': { en: 'answer in JSON', zh: '以 JSON 输出' },
  'option.lang': { en: 'language of messages (default: the locale)', zh: '消息语言（默认：按系统区域）' },
  'option.dry-run': { en: 'show what would change, change nothing', zh: '只显示变更，不应用' },
  'option.allow-loss': { en: 'also apply what loses data', zh: '允许会丢失数据的变更' },
  'option.from': { en: 'a published list, .xlsx or .csv', zh: '已发布的清单，.xlsx 或 .csv' },
  'option.yaml': { en: 'print documents ready to paste', zh: '输出可直接粘贴的文档' },
  'option.rows': { en: 'how many records to read (default: 10)', zh: '读取的记录数（默认：10）' },
  'option.all': { en: 'every enabled harvest', zh: '全部已启用的归集任务' },
  'option.due': { en: 'those whose time has come', zh: '已到时间的归集任务' },
  'option.profile': {
    en: 'show where the time of each run went, stage by stage',
    zh: '显示每次运行各阶段的用时',
  },
  'option.full': {
    en: 'read everything, whatever the source says of itself',
    zh: '全部重新读取，不论源系统是否声称未变',
  },
  'option.department': { en: 'only this department (code)', zh: '仅此部门（代码）' },
  'option.limit': { en: 'at most this many (default: {count})', zh: '最多条数（默认：{count}）' },
  'option.reason': { en: 'only this reason', zh: '仅此原因' },
  'option.list': { en: 'one by one, with place and value', zh: '逐条列出位置与值' },
  'option.reject-export': { en: 'write them to a CSV file', zh: '导出为 CSV 文件' },
  'option.raw': {
    en: 'write the exact bytes of this reject to stdout',
    zh: '将该拒收记录的原始字节写到标准输出',
  },
  'option.to': { en: 'file to write (default: stdout)', zh: '写入的文件（默认：标准输出）' },
  'option.open': { en: 'only those that are not over', zh: '仅未关闭的' },
  'option.note': { en: 'what happened', zh: '情况说明' },
  'argument.sink': { en: 'name of the sink', zh: '渠道名称' },
  'argument.kind': { en: 'kind of the incident', zh: '告警类别' },
  'argument.alert': { en: 'number of the incident', zh: '告警编号' },
  'option.month': { en: 'a month, such as 2026-10', zh: '月份，如 2026-10' },
  'option.quarter': { en: 'a quarter, such as 2026-Q4', zh: '季度，如 2026-Q4' },
  'option.year': { en: 'a year, such as 2026', zh: '年份，如 2026' },
  'option.format': {
    en: 'md, csv, xlsx or html (default: by the name of the file, else md)',
    zh: 'md、csv、xlsx 或 html（默认：按文件名，否则为 md）',
  },
  'option.gone': { en: 'the rows that vanished from the source', zh: '导出已从源系统消失的行' },
  'option.bom': { en: 'begin with a byte order mark, for Excel', zh: '以字节顺序标记开头，便于 Excel 打开' },
  'option.titles': {
    en: 'titles of the list as header (default: item codes)',
    zh: '表头用清单中的名称（默认：数据项代码）',
  },
  'option.role': {
    en: 'owner, analyst, reader or steward (default: analyst)',
    zh: 'owner、analyst、reader 或 steward（默认：analyst）',
  },
  'option.csv': { en: 'answer in CSV', zh: '以 CSV 输出' },
  'argument.dir': { en: 'folder (default: this one)', zh: '目录（默认：当前目录）' },
  'argument.source': { en: 'code of the source', zh: '源系统代码' },
  'argument.dataset': { en: 'code of the dataset', zh: '共享信息代码' },
  'argument.datasets': { en: 'codes of datasets', zh: '共享信息代码' },
  'argument.run': { en: 'number of the run', zh: '运行号' },
  'argument.sql': { en: 'one SQL statement', zh: '一条 SQL 语句' },
} as const satisfies Record<string, Text>
