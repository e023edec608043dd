import type { ErrorEntry } from './table.ts'

/** Errors in how a command was called. */
export const commandErrors = {
  COMMAND_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'unknown command "{found}"', hint: '{suggestion}"guiji --help" lists the commands' },
    zh: { fact: '没有命令“{found}”', hint: '{suggestion}"guiji --help" 可列出全部命令' },
  },
  COMMAND_OPTION_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'unknown option {found}', hint: 'see "{command} --help"' },
    zh: { fact: '没有选项 {found}', hint: '请查看 "{command} --help"' },
  },
  COMMAND_ARGUMENT_MISSING: {
    recovery: 'abort',
    en: { fact: '{found} is missing', hint: 'see "{command} --help"' },
    zh: { fact: '缺少 {found}', hint: '请查看 "{command} --help"' },
  },
  COMMAND_ARGUMENT_EXCESS: {
    recovery: 'abort',
    en: { fact: 'too many arguments: {found}', hint: 'see "{command} --help"' },
    zh: { fact: '参数过多：{found}', hint: '请查看 "{command} --help"' },
  },
  COMMAND_VALUE: {
    recovery: 'abort',
    en: { fact: '{option} is "{found}"', hint: 'write {expected}' },
    zh: { fact: '{option} 的值是“{found}”', hint: '请写 {expected}' },
  },
  LISTEN_REFUSED: {
    recovery: 'abort',
    en: {
      fact: 'cannot listen at {address}: {reason}',
      hint: 'choose an address of this machine and a free port',
    },
    zh: { fact: '无法在 {address} 监听：{reason}', hint: '请选择本机的地址和空闲的端口' },
  },
  COMMAND_CHOICE: {
    recovery: 'abort',
    en: { fact: '{found} cannot be used together', hint: 'choose one of them' },
    zh: { fact: '{found} 不能同时使用', hint: '请选择其一' },
  },
  DEPARTMENT_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'there is no department "{found}"', hint: '{suggestion}known: {known}' },
    zh: { fact: '没有部门“{found}”', hint: '{suggestion}已有：{known}' },
  },
  SOURCE_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'there is no source "{found}"', hint: '{suggestion}known: {known}' },
    zh: { fact: '没有源系统“{found}”', hint: '{suggestion}已有：{known}' },
  },
  HARVEST_MISSING: {
    recovery: 'abort',
    en: {
      fact: 'dataset {dataset} has no harvest',
      hint: 'write one in harvests/ and run "guiji apply"; "guiji source discover" shows what a source offers',
    },
    zh: {
      fact: '{dataset} 没有归集任务',
      hint: '请在 harvests/ 中编写后运行 "guiji apply"；"guiji source discover" 可查看源系统的内容',
    },
  },
  REJECT_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'there is no reject {found} ({dataset})', hint: 'see "guiji rejects --list"' },
    zh: { fact: '没有拒收记录 {found}（{dataset}）', hint: '请查看 "guiji rejects --list"' },
  },
  QUERY_FAILED: {
    recovery: 'abort',
    en: { fact: 'the store refused the query: {detail}', hint: '{hint}' },
    zh: { fact: '存储库拒绝了该查询：{detail}', hint: '{hint}' },
  },
} satisfies Record<string, ErrorEntry>
