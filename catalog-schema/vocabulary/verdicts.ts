/** What is said of a dataset's promise at an instant, in the order in which a reader should care. */
export const verdicts = {
  missed: { zh: '缺期', en: 'missed', meaning: 'a whole period went by and nothing has come since' },
  late: { zh: '逾期', en: 'late', meaning: 'a period is past its grace and has not come' },
  'at-risk': { zh: '临期', en: 'at risk', meaning: 'by its usual duration it will not be in time' },
  due: { zh: '待归集', en: 'due', meaning: 'a period is owed and its time, with grace, still runs' },
  unknown: {
    zh: '未知',
    en: 'unknown',
    meaning: 'never harvested, or late by a calendar nobody has published',
  },
  waived: { zh: '已豁免', en: 'waived', meaning: 'the department was let off this period' },
  fresh: { zh: '及时', en: 'fresh', meaning: 'the newest owed period is there and nothing is overdue' },
  'no-clock': { zh: '无时限', en: 'no clock', meaning: 'the cycle promises no date' },
} as const

export type Verdict = keyof typeof verdicts
