/** What became of a period that was owed. */
export const outcomes = {
  pending: { zh: '未到期', en: 'pending' },
  kept: { zh: '按时', en: 'kept' },
  late: { zh: '逾期', en: 'late' },
  missed: { zh: '缺期', en: 'missed' },
  waived: { zh: '豁免', en: 'waived' },
  void: { zh: '作废', en: 'void' },
} as const

export type OutcomeCode = keyof typeof outcomes

/** What a judgement followed from: its time had come, data came, or a fact it rests on changed. */
export const judgementReasons = {
  deadline: { zh: '到期', en: 'its time had come' },
  delivery: { zh: '数据到达', en: 'data came' },
  calendar: { zh: '工作日历更新', en: 'the calendar changed' },
  waiver: { zh: '登记豁免', en: 'a waiver was recorded' },
  'waiver-revoked': { zh: '撤销豁免', en: 'a waiver was revoked' },
  commitment: { zh: '承诺变更', en: 'the commitment changed' },
  list: { zh: '移出清单', en: 'the dataset left the list' },
} as const
