interface AlertKindEntry {
  readonly zh: string
  readonly en: string
  /** `error`: a promise is broken or the store is not to be trusted; `warning`: it may come to that. */
  readonly severity: 'error' | 'warning'
  /** `check`: guiji sees it; `person`: guiji cannot see it, a person reports it with `guiji alerts raise`. */
  readonly seenBy: 'check' | 'person'
  /** Article of 政务数据共享条例 (State Council Decree 809) that makes somebody liable for it. */
  readonly article?: number
}

/**
 * What an alert can be about. Articles 39 (who provides data), 40 (who uses it) and 41 (who is in charge) of Decree
 * 809 name liabilities; all of them are here, whether guiji can see them by itself or not.
 */
export const alertKinds = {
  'promise-at-risk': { zh: '承诺临期', en: 'promise at risk', severity: 'warning', seenBy: 'check' },
  'promise-late': {
    zh: '逾期未提供数据',
    en: 'promise late',
    severity: 'error',
    seenBy: 'check',
    article: 39,
  },
  'promise-missed': {
    zh: '整期未提供数据',
    en: 'promise missed',
    severity: 'error',
    seenBy: 'check',
    article: 39,
  },
  'catalogue-missing': {
    zh: '未编制数据目录',
    en: 'no catalogue: the department lists no dataset',
    severity: 'warning',
    seenBy: 'check',
    article: 39,
  },
  'catalogue-outdated': {
    zh: '数据目录未及时更新：与源系统结构不符',
    en: 'catalogue not updated: the source has another structure',
    severity: 'error',
    seenBy: 'check',
    article: 39,
  },
  'sharing-ended': {
    zh: '擅自终止或变更数据共享',
    en: 'sharing ended: a promised dataset is not harvested any more',
    severity: 'error',
    seenBy: 'check',
    article: 39,
  },
  'conditions-invented': {
    zh: '擅自增设共享条件',
    en: 'conditions of sharing without a legal basis',
    severity: 'error',
    seenBy: 'person',
    article: 39,
  },
  'source-department-not-helped': {
    zh: '不配合数源部门',
    en: 'source department not helped',
    severity: 'error',
    seenBy: 'person',
    article: 39,
  },
  'answer-late': {
    zh: '未按时答复共享申请',
    en: 'request for data not answered in time',
    severity: 'error',
    seenBy: 'person',
    article: 39,
  },
  'data-not-returned': {
    zh: '未按要求回流数据',
    en: 'data not returned to lower levels',
    severity: 'error',
    seenBy: 'person',
    article: 39,
  },
  'correction-late': {
    zh: '未按时处理校核申请',
    en: 'request for correction not handled in time',
    severity: 'error',
    seenBy: 'person',
    article: 39,
  },
  'collected-again': {
    zh: '重复收集可共享的数据',
    en: 'data collected again that is shared',
    severity: 'error',
    seenBy: 'person',
    article: 40,
  },
  'used-beyond-scope': {
    zh: '超出范围使用数据',
    en: 'data used beyond its scope',
    severity: 'error',
    seenBy: 'person',
    article: 40,
  },
  'passed-on': {
    zh: '擅自向第三方提供数据',
    en: 'data passed on to others',
    severity: 'error',
    seenBy: 'person',
    article: 40,
  },
  'not-disposed': {
    zh: '未按要求处置数据',
    en: 'data not disposed of when its purpose ended',
    severity: 'error',
    seenBy: 'person',
    article: 40,
  },
  'records-not-kept': {
    zh: '未保存数据使用记录',
    en: 'records of use not kept',
    severity: 'error',
    seenBy: 'person',
    article: 40,
  },
  'source-department-missing': {
    zh: '未明确数源部门',
    en: 'no source department named',
    severity: 'error',
    seenBy: 'person',
    article: 41,
  },
  'dispute-not-handled': {
    zh: '未处理数据共享争议',
    en: 'dispute not handled',
    severity: 'error',
    seenBy: 'person',
    article: 41,
  },
  'source-unreachable': {
    zh: '源系统不可达',
    en: 'source unreachable',
    severity: 'error',
    seenBy: 'check',
  },
  'run-failed': { zh: '运行失败', en: 'run failed', severity: 'error', seenBy: 'check' },
  'run-held': { zh: '运行未发布', en: 'run not published', severity: 'error', seenBy: 'check' },
  'run-waiting': {
    zh: '运行等待批准',
    en: 'run waits for approval',
    severity: 'warning',
    seenBy: 'check',
  },
  'count-drift': {
    zh: '行数与台账不一致',
    en: 'count and ledger differ',
    severity: 'error',
    seenBy: 'check',
  },
  'platform-did-not-run': {
    zh: '平台未按计划运行',
    en: 'the platform did not run',
    severity: 'error',
    seenBy: 'check',
  },
  'check-did-not-run': {
    zh: '告警检查中断',
    en: 'the check for alerts did not run',
    severity: 'error',
    seenBy: 'check',
  },
} as const satisfies Record<string, AlertKindEntry>

export type AlertKind = keyof typeof alertKinds

/** The kind of that code; undefined where there is none. */
export function alertKindOf(code: string): AlertKindEntry | undefined {
  return Object.hasOwn(alertKinds, code) ? alertKinds[code as AlertKind] : undefined
}
