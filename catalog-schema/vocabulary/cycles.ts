/** 更新周期: the closed list of update cycles. `words` are accepted on input besides the code itself. */
export const cycles = {
  realtime: { zh: '实时', en: 'realtime', words: ['实时更新'], clock: true },
  hourly: { zh: '每小时', en: 'hourly', words: ['每时', '小时', '每小时更新', 'every hour'], clock: true },
  daily: {
    zh: '每日',
    en: 'daily',
    words: ['每天', '每天更新', '日', '按日', '每日更新', 'every day'],
    clock: true,
  },
  weekly: {
    zh: '每周',
    en: 'weekly',
    words: ['周', '按周', '每星期', '每周更新', 'every week'],
    clock: true,
  },
  tendays: { zh: '每旬', en: 'every ten days', words: ['旬', '按旬', '每旬更新'], clock: true },
  semimonthly: {
    zh: '每半月',
    en: 'twice a month',
    words: ['半月', '半个月', '每半个月', '每半月更新'],
    clock: true,
  },
  monthly: { zh: '每月', en: 'monthly', words: ['月', '按月', '每月更新', 'every month'], clock: true },
  quarterly: {
    zh: '每季度',
    en: 'quarterly',
    words: ['每季', '季', '季度', '按季', '按季度', '每季度更新', 'every quarter'],
    clock: true,
  },
  semiannual: {
    zh: '每半年',
    en: 'twice a year',
    words: ['半年', '按半年', '每半年更新', 'half-yearly'],
    clock: true,
  },
  annual: {
    zh: '每年',
    en: 'annual',
    words: ['年', '年度', '每年度', '按年', '每年更新', 'yearly', 'every year'],
    clock: true,
  },
  irregular: { zh: '不定期', en: 'irregular', words: ['不定时', '不定期更新'], clock: false },
  asneeded: { zh: '按需', en: 'as needed', words: ['按需更新'], clock: false },
  never: { zh: '一次性', en: 'once', words: ['不更新'], clock: false },
  other: { zh: '其他', en: 'other', words: ['其它'], clock: false },
} as const

export type CycleCode = keyof typeof cycles
