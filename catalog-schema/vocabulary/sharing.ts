/** 共享类型, 政务数据共享条例 (State Council Decree 809) Art. 14. */
export const sharingTypes = {
  unconditional: { zh: '无条件共享', en: 'unconditional' },
  conditional: { zh: '有条件共享', en: 'conditional' },
  none: { zh: '不予共享', en: 'not shared' },
} as const

export type SharingType = keyof typeof sharingTypes

/** 共享方式, Decree 809 Art. 22. */
export const sharingMethods = {
  api: { zh: '服务接口', en: 'service interface' },
  batch: { zh: '批量交换', en: 'batch exchange' },
  file: { zh: '文件下载', en: 'file download' },
} as const

export type SharingMethod = keyof typeof sharingMethods
