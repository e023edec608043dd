/** 数据分级: the three levels of 数据安全法 (Data Security Law) Art. 21. */
export const gradingLevels = {
  general: { zh: '一般数据', en: 'general', words: ['一般'] },
  important: { zh: '重要数据', en: 'important', words: ['重要'] },
  core: { zh: '核心数据', en: 'core', words: ['核心'] },
} as const

export type GradingLevel = keyof typeof gradingLevels
