/** Items that many departments have: the person, the company, the place. */
import { mix } from '../generator/hash.ts'
import { address, counties, pick, townships, villages } from '../generator/places.ts'
import {
  anyPerson,
  birthDate as birthDateOf,
  citizenId as citizenIdOf,
  companyName as companyNameOf,
  creditCode as creditCodeOf,
  isFemale,
  organisationCode as organisationCodeOf,
  personName,
  personPhone,
} from '../generator/subjects.ts'
import type { Item } from './types.ts'

export const citizenId: Item = {
  code: 'id_number',
  name: '公民身份号码',
  field: 'sfzh',
  type: 'text',
  semantic: 'idcard',
  sensitivity: 'sensitive-personal',
  required: true,
  maxLength: 18,
  write: (row) => citizenIdOf(row.person),
}

export const fullName: Item = {
  code: 'full_name',
  name: '姓名',
  field: 'xm',
  type: 'text',
  sensitivity: 'personal',
  required: true,
  maxLength: 50,
  write: (row) => personName(row.person),
}

export const sex: Item = {
  code: 'sex',
  name: '性别',
  field: 'xb',
  type: 'text',
  enum: ['男', '女'],
  write: (row) => (isFemale(row.person) ? '女' : '男'),
}

export const birthDate: Item = {
  code: 'birth_date',
  name: '出生日期',
  field: 'csrq',
  type: 'date',
  sensitivity: 'personal',
  write: (row) => birthDateOf(row.person),
}

export const ethnicity: Item = {
  code: 'ethnicity',
  name: '民族',
  field: 'mz',
  type: 'text',
  write: (_row, hash) =>
    hash % 100 < 96 ? '汉族' : pick(['回族', '满族', '蒙古族', '壮族', '朝鲜族'], hash >>> 8),
}

export const mobile: Item = {
  code: 'mobile',
  name: '手机号码',
  field: 'sjhm',
  type: 'text',
  semantic: 'mobile',
  sensitivity: 'personal',
  write: (row) => personPhone(row.person),
}

export const officePhone: Item = {
  code: 'phone',
  name: '联系电话',
  field: 'lxdh',
  type: 'text',
  semantic: 'phone',
  write: (_row, hash) => `0318-${2 + (hash % 7)}${String(hash % 1_000_000).padStart(6, '0')}`,
}

export const homeAddress: Item = {
  code: 'address',
  name: '住址',
  field: 'zz',
  type: 'text',
  sensitivity: 'personal',
  maxLength: 200,
  write: (_row, hash) => address(hash),
}

export const siteAddress: Item = { ...homeAddress, name: '地址', field: 'dz', sensitivity: 'public' }

export const county: Item = {
  code: 'county_code',
  name: '县(市、区)代码',
  field: 'xzqhdm',
  type: 'text',
  semantic: 'division',
  required: true,
  maxLength: 6,
  write: (_row, hash) => pick(counties, hash).code,
}

export const township: Item = {
  code: 'township_code',
  name: '乡镇(街道)代码',
  field: 'xzdm',
  type: 'text',
  semantic: 'division',
  maxLength: 9,
  write: (_row, hash) => pick(townships, hash).code,
}

export const village: Item = {
  code: 'village_code',
  name: '村(社区)代码',
  field: 'cdm',
  type: 'text',
  semantic: 'division',
  maxLength: 12,
  write: (_row, hash) => pick(villages, hash).code,
}

export const creditCode: Item = {
  code: 'credit_code',
  name: '统一社会信用代码',
  field: 'tyshxydm',
  type: 'text',
  semantic: 'uscc',
  required: true,
  maxLength: 18,
  write: (row) => creditCodeOf(row.company),
}

export const organisationCode: Item = {
  code: 'organisation_code',
  name: '组织机构代码',
  field: 'zzjgdm',
  type: 'text',
  semantic: 'orgcode',
  write: (row) => organisationCodeOf(row.company),
}

export const companyName: Item = {
  code: 'company_name',
  name: '单位名称',
  field: 'dwmc',
  type: 'text',
  required: true,
  maxLength: 200,
  write: (row) => companyNameOf(row.company),
}

export const legalPerson: Item = {
  code: 'legal_representative',
  name: '法定代表人',
  field: 'fddbr',
  type: 'text',
  sensitivity: 'personal',
  maxLength: 50,
  write: (row) => personName(anyPerson(mix(row.company, 0x4c4547))),
}

export const plate: Item = {
  code: 'plate_number',
  name: '号牌号码',
  field: 'hphm',
  type: 'text',
  semantic: 'plate',
  required: true,
  write: (_row, hash) => plateOf(hash),
}

const plateLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ'

/** Five characters with at most one letter after 冀T, or six beginning with D or F for new-energy cars. */
function plateOf(hash: number): string {
  const digits = String((hash >>> 5) % 100_000).padStart(5, '0')
  if (hash % 11 === 0) return `冀T${hash & 64 ? 'D' : 'F'}${digits}`
  const place = (hash >>> 9) % 5
  return `冀T${digits.slice(0, place)}${plateLetters.charAt((hash >>> 13) % 24)}${digits.slice(place + 1)}`
}

export const longitude: Item = {
  code: 'longitude',
  name: '经度',
  field: 'jd',
  type: 'decimal',
  semantic: 'longitude',
  precision: 10,
  scale: 6,
  unit: '度',
  write: (_row, hash) => `115.${String(200_000 + (hash % 799_999))}`,
}

export const latitude: Item = {
  code: 'latitude',
  name: '纬度',
  field: 'wd',
  type: 'decimal',
  semantic: 'latitude',
  precision: 10,
  scale: 6,
  unit: '度',
  write: (_row, hash) => `37.${String(200_000 + (hash % 799_999))}`,
}
