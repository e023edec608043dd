import type { ErrorEntry } from './table.ts'

/** Errors of a run: plan, read, load, settle, publish. */
export const harvestErrors = {
  RUN_UNBALANCED: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'the accounts of {dataset} do not balance: {equation}',
      hint: 'nothing was published; run "guiji verify {dataset}" and report this with the run id {run}',
    },
    zh: {
      fact: '{dataset} 的账目不平：{equation}',
      hint: '本次未发布；请运行 "guiji verify {dataset}"，并附运行号 {run} 反馈',
    },
  },
  LISTING_INCOMPLETE: {
    recovery: 'retry',
    cause: 'source-wrong:truncated',
    en: {
      fact: 'the reading of {dataset} from {source} is not proven complete after {read} records: {reason}',
      hint: 'nothing was published, what stood before stands; ask the department if it happens again',
    },
    zh: {
      fact: '从 {source} 读取 {dataset}，读到 {read} 条后无法证明已读全：{reason}',
      hint: '本次未发布，原有数据不变；如再次发生请联系该部门',
    },
  },
  LISTING_COUNT_DIFFERS: {
    recovery: 'retry',
    cause: 'source-wrong:truncated',
    en: {
      fact: 'source {source} declared {declared} records of {dataset} and gave {read}',
      hint: 'nothing was published, what stood before stands; harvest again, and ask the department which number is right',
    },
    zh: {
      fact: '源系统 {source} 声明 {dataset} 有 {declared} 条记录，实际给出 {read} 条',
      hint: '本次未发布，原有数据不变；请重新归集，并向该部门核实条数',
    },
  },
  RECORDS_MOSTLY_REJECTED: {
    recovery: 'abort',
    cause: 'held-by-checks',
    en: {
      fact: '{rejected} of {read} records of {dataset} were rejected',
      hint: 'nothing was published; "guiji rejects {dataset}" says why: a mapping, an encoding or the source is wrong',
    },
    zh: {
      fact: '{dataset} 的 {read} 条记录中有 {rejected} 条被拒收',
      hint: '本次未发布；请用 "guiji rejects {dataset}" 查看原因：映射、编码或源数据有误',
    },
  },
  RUN_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'there is no run {run}', hint: '"guiji runs" lists the runs of every dataset' },
    zh: { fact: '没有运行 {run}', hint: '"guiji runs" 可列出各共享信息的运行' },
  },
  RUN_ACTIVE: {
    recovery: 'retry',
    en: {
      fact: 'dataset {dataset} is being harvested by run {run} of {worker}',
      hint: 'wait for it ("guiji runs {dataset}"), or stop that process',
    },
    zh: {
      fact: '{dataset} 正由 {worker} 的运行 {run} 归集',
      hint: '请等待其结束（"guiji runs {dataset}"），或停止该进程',
    },
  },
  RUN_FENCED: {
    recovery: 'abort',
    cause: 'platform-failed',
    en: {
      fact: 'run {run} of {dataset} was taken from this process',
      hint: 'nothing was written after that; see "guiji runs {dataset}" for the run that took over',
    },
    zh: {
      fact: '{dataset} 的运行 {run} 已被其他进程接管',
      hint: '此后未写入任何数据；请用 "guiji runs {dataset}" 查看接管的运行',
    },
  },
  RUN_NOT_WAITING: {
    recovery: 'abort',
    en: {
      fact: 'run {run} is {state}, not waiting for approval',
      hint: 'see "guiji runs" for the runs that wait',
    },
    zh: { fact: '运行 {run} 的状态为 {state}，不在等待批准', hint: '用 "guiji runs" 查看等待批准的运行' },
  },
  RUN_STAGE_LOST: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'what run {run} of {dataset} had loaded does not match its ledger: {equation}',
      hint: 'nothing was published; harvest {dataset} again',
    },
    zh: {
      fact: '{dataset} 运行 {run} 的装载内容与台账不符：{equation}',
      hint: '未发布任何内容；请重新归集 {dataset}',
    },
  },
  LIST_CHANGED: {
    recovery: 'retry',
    cause: 'platform-failed',
    en: {
      fact: 'the list of {dataset} was applied anew while run {run} was loading',
      hint: 'nothing was published; harvest {dataset} again',
    },
    zh: {
      fact: '运行 {run} 装载期间，{dataset} 的清单已重新应用',
      hint: '未发布任何内容；请重新归集 {dataset}',
    },
  },
  SOURCE_FIELD_LOST: {
    recovery: 'abort',
    cause: 'source-wrong:schema',
    en: {
      fact: 'source {source} has no field "{field}" for {dataset}; it has: {found}',
      hint: 'ask the department whether it was renamed, then change "from" in the harvest document; the published rows stay',
    },
    zh: {
      fact: '源系统 {source} 中没有 {dataset} 所需的字段 "{field}"；现有字段：{found}',
      hint: '请向部门确认是否改名，然后修改归集文档中的 "from"；已发布的数据保持不变',
    },
  },
  SOURCE_CHANGED_WHILE_READ: {
    recovery: 'retry',
    cause: 'source-wrong:content',
    en: {
      fact: '{dataset}: a record of {source} seen in the first reading was not there in the second',
      hint: 'the source changed in between; harvest {dataset} again when it is quiet',
    },
    zh: {
      fact: '{dataset}：第一次读取 {source} 时见到的记录在第二次读取时不存在',
      hint: '源数据在此期间有变；请在其稳定时重新归集 {dataset}',
    },
  },
  CONNECTOR_UNKNOWN: {
    recovery: 'abort',
    en: {
      fact: 'source {source} is of kind "{kind}", which no connector reads',
      hint: 'known kinds: {known}',
    },
    zh: { fact: '源系统 {source} 的类型 "{kind}" 没有对应的连接器', hint: '已有类型：{known}' },
  },
  DATASET_UNKNOWN: {
    recovery: 'abort',
    en: {
      fact: 'there is no dataset "{dataset}"',
      hint: 'nearest code: {nearest}; "guiji status" lists all',
    },
    zh: { fact: '没有共享信息 "{dataset}"', hint: '最接近的代码：{nearest}；"guiji status" 可列出全部' },
  },
  CHANGE_LOSES_DATA: {
    recovery: 'abort',
    en: {
      fact: 'item {item} of {dataset} is stored as {found}; as {wanted} values could be lost',
      hint: 'apply with --allow-loss if that is meant, or give the item a new code',
    },
    zh: {
      fact: '{dataset} 的数据项 {item} 现为 {found}；改为 {wanted} 可能丢失数据',
      hint: '确有此意请用 --allow-loss，或给该数据项一个新代码',
    },
  },
  APPLY_LOSES_DATA: {
    recovery: 'abort',
    en: {
      fact: '{count} change(s) would lose data: {what}',
      hint: 'look at "guiji apply --dry-run"; if that is meant, apply with --allow-loss',
    },
    zh: {
      fact: '{count} 处变更将丢失数据：{what}',
      hint: '请用 "guiji apply --dry-run" 查看；确有此意请加 --allow-loss',
    },
  },
  VIEW_IN_USE: {
    recovery: 'abort',
    en: {
      fact: 'the columns of {view} change, and other views are built on it',
      hint: 'drop those views (psql: \\d+ {view}), apply, and make them again',
    },
    zh: {
      fact: '{view} 的列有变，但有其他视图依赖它',
      hint: '请先删除依赖它的视图（psql：\\d+ {view}），应用后再重建',
    },
  },
} satisfies Record<string, ErrorEntry>
