/**
 * The made-up people and companies of the example. A person or company is a number; everything about it follows
 * from the number, so that lists of different departments agree with one another. All of it is synthetic.
 */
import type { Subject } from '../list/types.ts'
import { dateText, epochDay, pad } from './dates.ts'
import { mix } from './hash.ts'
import { counties, pick } from './places.ts'

const surnames = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎',
]
const given = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉志春梅雪琳晨宇浩轩梓涵欣怡佳琪思远博文',
]

/** Ages: people of one age have their own numbers (`number % 4`). */
const ages = [
  { from: epochDay(1960, 1, 1), days: 16_436, step: 7_919 }, // adult
  { from: epochDay(2007, 1, 1), days: 4_748, step: 2_003 }, // child
  { from: epochDay(1930, 1, 1), days: 9_496, step: 4_999 }, // elder
  { from: epochDay(2023, 7, 1), days: 719, step: 307 }, // baby
] as const
const residentAges = [0, 1, 0, 2, 0, 0, 1, 0, 2, 0] as const
const residentTurns = [0, 0, 1, 0, 2, 3, 1, 4, 1, 5] as const

/** Person `ordinal` of a list of `subject`. Never twice the same within a list. */
export function personAt(subject: Subject, ordinal: number): number {
  if (subject === 'adult') return ordinal * 4
  if (subject === 'child') return ordinal * 4 + 1
  if (subject === 'elder') return ordinal * 4 + 2
  if (subject === 'baby') return ordinal * 4 + 3
  const age = residentAges[ordinal % 10] ?? 0
  const perTen = age === 0 ? 6 : 2
  return (Math.floor(ordinal / 10) * perTen + (residentTurns[ordinal % 10] ?? 0)) * 4 + age
}

/** Somebody grown-up out of the 40,000 whom many lists mention. */
export function anyPerson(hash: number): number {
  return (hash % 40_000) * 4
}

export function anyCompany(hash: number): number {
  return hash % 12_000
}

function birthday(person: number): number {
  const age = ages[person % 4] ?? ages[0]
  const turn = Math.floor(Math.floor(person / 4) / counties.length)
  return age.from + ((turn * age.step) % age.days)
}

export function birthDate(person: number): string {
  return dateText(birthday(person))
}

/** Odd for men, even for women; people of one county and birthday differ in it. */
function sequence(person: number): number {
  const age = ages[person % 4] ?? ages[0]
  const block = Math.floor(Math.floor(person / 4) / counties.length / age.days) % 499
  return block * 2 + 1 + (mix(person, 0x534558) & 1)
}

export function isFemale(person: number): boolean {
  return sequence(person) % 2 === 0
}

const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** Citizen identity number with the check character of GB 11643. */
export function citizenId(person: number): string {
  const county = pick(counties, Math.floor(person / 4)).code
  const date = birthDate(person)
  const body = county + date.slice(0, 4) + date.slice(5, 7) + date.slice(8, 10) + pad(sequence(person), 3)
  let sum = 0
  for (let i = 0; i < 17; i += 1) sum += (body.charCodeAt(i) - 48) * (idWeights[i] ?? 0)
  return body + '10X98765432'.charAt(sum % 11)
}

export function personName(person: number): string {
  const hash = mix(person, 0x4e414d45)
  const second = hash % 5 === 0 ? '' : pick(given, hash >>> 17)
  return pick(surnames, hash >>> 3) + pick(given, hash >>> 9) + second
}

export function personPhone(person: number): string {
  const hash = mix(person, 0x50484f4e)
  return `1${pick(['30', '35', '37', '39', '50', '58', '77', '86', '88', '99'], hash >>> 5)}${pad(hash % 1e8, 8)}`
}

const creditAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const creditWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const orgWeights = [3, 7, 9, 10, 5, 8, 4, 2]

/** Organisation code: eight characters (`MA` + six) and the check character of GB 11714, without the hyphen. */
export function organisationCode(company: number): string {
  let rest = (company * 104_729 + 1_299_709) % 31 ** 6
  let body = ''
  for (let i = 0; i < 6; i += 1) {
    body = creditAlphabet.charAt(rest % 31) + body
    rest = Math.floor(rest / 31)
  }
  body = `MA${body}`
  let sum = 0
  for (let i = 0; i < 8; i += 1) {
    const unit = body.charCodeAt(i)
    sum += (unit < 58 ? unit - 48 : unit - 55) * (orgWeights[i] ?? 0)
  }
  return body + '0X987654321'.charAt(sum % 11)
}

/** Unified social credit code with the check character of GB 32100. */
export function creditCode(company: number): string {
  const body = `91${pick(counties, company).code}${organisationCode(company)}`
  let sum = 0
  for (let i = 0; i < 17; i += 1) sum += creditAlphabet.indexOf(body.charAt(i)) * (creditWeights[i] ?? 0)
  return body + creditAlphabet.charAt((31 - (sum % 31)) % 31)
}

const fancy = [
  '恒',
  '衡',
  '泰',
  '瑞',
  '兴',
  '盛',
  '通',
  '达',
  '鑫',
  '源',
  '华',
  '诚',
  '信',
  '隆',
  '丰',
  '康',
  '安',
  '宏',
  '昌',
  '嘉',
]
const trades = [
  '丝网制品',
  '橡胶制品',
  '物流',
  '商贸',
  '建筑工程',
  '食品',
  '农业科技',
  '医疗器械',
  '信息技术',
  '玻璃钢',
  '运输',
  '餐饮管理',
  '化工',
  '机械制造',
  '快递服务',
  '文化传媒',
]

export function companyName(company: number): string {
  const hash = mix(company, 0x434f4d50)
  const place = pick(counties, company).name.replace(/[区县市]$/, '')
  const word = pick(fancy, hash) + pick(fancy, hash >>> 7) + pick(fancy, hash >>> 13)
  const kind = hash % 9 === 0 ? '股份有限公司' : '有限公司'
  return `${place.length > 3 ? '衡水' : place}${word}${pick(trades, hash >>> 19)}${kind}`
}
