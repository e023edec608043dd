/** Semantic types of an item: what a text means beyond its characters, and so how it is checked. */
export const semanticTypes = {
  uscc: { zh: '统一社会信用代码', en: 'unified social credit code', rule: 'GB 32100-2015' },
  idcard: { zh: '公民身份号码', en: 'citizen identity number', rule: 'GB 11643-1999' },
  division: { zh: '行政区划代码', en: 'administrative division code', rule: 'GB/T 2260' },
  orgcode: { zh: '组织机构代码', en: 'organisation code', rule: 'GB 11714-1997' },
  phone: { zh: '电话号码', en: 'telephone number', rule: '' },
  mobile: { zh: '手机号码', en: 'mobile number', rule: '' },
  email: { zh: '电子邮箱', en: 'e-mail address', rule: '' },
  plate: { zh: '机动车号牌', en: 'vehicle plate', rule: 'GA 36-2018' },
  postcode: { zh: '邮政编码', en: 'postal code', rule: '' },
  longitude: { zh: '经度', en: 'longitude', rule: '' },
  latitude: { zh: '纬度', en: 'latitude', rule: '' },
} as const

export type SemanticType = keyof typeof semanticTypes
