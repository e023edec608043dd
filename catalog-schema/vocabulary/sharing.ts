/** 共享类型, 政务数据共享条例 (State Council Decree 809) Art. 14. `words` are accepted on input besides the titles. */
export const sharingTypes = {
  unconditional: { zh: '无条件共享', en: 'unconditional', words: ['无条件', '无条件共享类'] },
  conditional: { zh: '有条件共享', en: 'conditional', words: ['有条件', '有条件共享类'] },
  none: { zh: '不予共享', en: 'not shared', words: ['不共享', '不予', '不予共享类'] },
} as const

export type SharingType = keyof typeof sharingTypes

/** 共享方式, Decree 809 Art. 22. */
export const sharingMethods = {
  api: {
    zh: '服务接口',
    en: 'service interface',
    words: ['接口', '接口对接', '接口服务', '数据接口', 'API', 'API接口', 'API服务', 'webservice'],
  },
  batch: {
    zh: '批量交换',
    en: 'batch exchange',
    words: ['批量', '批量数据交换', '库表', '库表交换', '库表同步', '数据库', '数据库交换'],
  },
  file: { zh: '文件下载', en: 'file download', words: ['文件', '下载', '文件交换', '文件同步', '数据文件'] },
} as const

export type SharingMethod = keyof typeof sharingMethods
