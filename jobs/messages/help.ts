import type { Text } from '../../src/connector.ts'

/** Help pages: titles and what each command does. */
export const helpMessages = {
  'help.program': {
    en: 'collects what each department owes on its published responsibility list, counts every row, and says which promise is kept',
    zh: '归集：按政务数据共享责任清单归集各部门数据，逐行记账，随时说明哪些承诺已履行、哪些逾期及原因',
  },
  'help.version': { en: 'print the version', zh: '显示版本' },
  'help.help': { en: 'show this help', zh: '显示本帮助' },
  'help.help-command': { en: 'show the help of a command', zh: '显示某个命令的帮助' },
  'help.usage': { en: 'Usage:', zh: '用法：' },
  'help.options': { en: 'Options:', zh: '选项：' },
  'help.commands': { en: 'Commands:', zh: '命令：' },
  'help.arguments': { en: 'Arguments:', zh: '参数：' },
  'help.example': { en: 'Example:', zh: '示例：' },
  'help.init': {
    en: 'make a workspace, empty or from a published list (.xlsx, .csv)',
    zh: '新建工作区：空白，或由已发布的清单（.xlsx、.csv）生成',
  },
  'help.apply': {
    en: 'check all documents, show what changes, and make the store hold it',
    zh: '校验全部文档，列出变更，并应用到存储库',
  },
  'help.source': { en: 'look at a source system', zh: '查看源系统' },
  'help.source-test': {
    en: 'try step by step whether a source can be read; all of them where none is named',
    zh: '逐步检查源系统能否读取；不写代码则检查全部',
  },
  'help.source-discover': {
    en: 'list what a source offers, with its fields and types',
    zh: '列出源系统可提供的内容及其字段与类型',
  },
  'help.preview': {
    en: 'show the first records of a dataset as they would be stored, and those that would be rejected; writes nothing',
    zh: '预览前若干条记录映射后的结果及会被拒收的记录；不写入任何数据',
  },
  'help.plan': {
    en: 'show how each dataset would be harvested now, and why; reads no record',
    zh: '说明各共享信息此刻将如何归集及理由；不读取记录',
  },
  'help.harvest': {
    en: 'harvest datasets: those named, all, or those that are due',
    zh: '归集共享信息：指定的、全部的，或已到时间的',
  },
  'help.status': {
    en: 'say of every dataset how it stands with its promise, and how many rows it holds',
    zh: '说明各共享信息的履约情况与行数',
  },
  'help.alerts': {
    en: 'list incidents: what is wrong or was, and who was told',
    zh: '列出告警：哪里有问题、已通知谁',
  },
  'help.alerts-check': {
    en: 'look now: record what changed and send what waits; for the machine’s own cron',
    zh: '立即检查：记录变化并发送待发消息；可由系统 cron 定时运行',
  },
  'help.alerts-test': { en: 'send a test message to a sink', zh: '向某个渠道发送测试消息' },
  'help.alerts-raise': {
    en: 'record what guiji cannot see itself, such as a request not answered in time',
    zh: '登记系统无法自行发现的问题，如未按时答复共享申请',
  },
  'help.alerts-settle': { en: 'end an incident that a person raised', zh: '关闭人工登记的告警' },
  'help.report': {
    en: 'report on a month, quarter or year: what was owed, kept, late and missed, with causes and rows; last month where none is named',
    zh: '编制月报、季报或年报：应履约、按时、逾期、缺期及原因与数据量；不写则为上月',
  },
  'help.runs': { en: 'list runs, newest first', zh: '列出运行，最近的在前' },
  'help.ledger': {
    en: 'show the account of rows of a dataset, entry by entry',
    zh: '逐笔列出共享信息的行数台账',
  },
  'help.rejects': {
    en: 'show which records of a dataset did not fit, and why',
    zh: '查看被拒收的记录及原因',
  },
  'help.verify': {
    en: 'count the rows of the store and compare them with the ledger',
    zh: '清点存储库行数并与台账核对',
  },
  'help.approve': {
    en: 'publish a run that waits because too many rows vanished',
    zh: '批准发布因消失行数过多而等待的运行',
  },
  'help.refuse': { en: 'discard a run that waits for approval', zh: '否决等待批准的运行' },
  'help.export': { en: 'write a dataset as CSV', zh: '将共享信息导出为 CSV' },
  'help.store': { en: 'address of the store', zh: '存储库地址' },
  'help.store-url': {
    en: 'print a postgresql:// address for psql, DBeaver, Metabase or Excel',
    zh: '显示 postgresql:// 地址，供 psql、DBeaver、Metabase、Excel 使用',
  },
  'help.store-up': {
    en: 'keep the store running in the foreground until Ctrl-C',
    zh: '在前台保持存储库运行，按 Ctrl-C 结束',
  },
  'help.query': {
    en: 'run one SQL query as an analyst, read-only',
    zh: '以分析员身份只读执行一条 SQL 查询',
  },
} as const satisfies Record<string, Text>
