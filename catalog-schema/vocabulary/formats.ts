/** 数据格式: in what form a department holds a dataset. */
export const dataFormats = {
  database: { zh: '数据库', en: 'database', words: ['数据库表', '库表', '数据库类'] },
  spreadsheet: { zh: '电子表格', en: 'spreadsheet', words: ['表格', 'Excel', 'xls', 'xlsx', 'et'] },
  text: { zh: '文本文件', en: 'text', words: ['文本', 'txt', 'csv', 'xml', 'json', '自描述格式'] },
  document: {
    zh: '电子文件',
    en: 'document',
    words: ['文档', '电子文档', 'doc', 'docx', 'wps', 'pdf', 'ofd'],
  },
  image: { zh: '图形图像', en: 'image', words: ['图像', '图片', 'jpg', 'png', 'tif'] },
  stream: { zh: '流媒体', en: 'stream', words: ['视频', '音频', '流数据'] },
  api: { zh: '服务接口', en: 'service interface', words: ['接口', 'API', 'webservice'] },
} as const

export type DataFormat = keyof typeof dataFormats
