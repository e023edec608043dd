/**
 * The made enterprises, each a pure function of its number: no state, no clock, no randomness, so that files of any
 * size and any variant agree row by row.
 */

/**
 * `base` · `clustered`: 1 % of the rows changed, in five stretches · `spread`: of those another 1 % changed, all over
 * the file · `bad`: of the base rows 1 % unreadable, all over the file.
 */
export type Variant = 'base' | 'clustered' | 'spread' | 'bad'

const towns = [
  '桃城区',
  '冀州区',
  '枣强县',
  '武邑县',
  '武强县',
  '饶阳县',
  '安平县',
  '故城县',
  '景县',
  '阜城县',
  '深州市',
]
const roads = ['人民东路', '中华大街', '胜利西路', '育才街', '和平路', '新华路', '永兴路', '榕花大街']
const trades = ['商贸', '建筑工程', '农业科技', '丝网制品', '工程橡胶', '物流', '信息技术', '餐饮管理']
const kinds = ['有限公司', '有限责任公司', '专业合作社', '个体工商户']
const states = ['存续', '在营', '迁出', '注销']

export interface Row {
  readonly code: string
  readonly name: string
  readonly address: string
  readonly division: string
  readonly capital: string
  readonly staff: number
  readonly founded: string
  readonly updated_at: string
  readonly status: string
}

/** The row of a number; `version` changes its capital and its time. */
export function madeRow(number: number, version = 0): Row {
  const first = mix(number)
  const second = mix(first ^ 0x9e3779b9)
  const town = first % towns.length
  const day = 1 + (second % 28)
  const month = 1 + ((second >>> 5) % 12)
  const cents = String((second >>> 3) % 100).padStart(2, '0')
  return {
    code: `911311${String(number).padStart(12, '0')}`,
    name: `衡水市${towns[town]}第${first % 100_000}号${trades[second % 8]}${kinds[first % 4]}`,
    address: `河北省衡水市${towns[town]}${roads[(first >>> 7) % 8]}${first % 999}号${1 + (second % 30)}单元`,
    division: `1311${String(2 + town * 7).padStart(2, '0')}`,
    capital: `${(first >>> 4) + version}.${cents}`,
    staff: second % 5000,
    founded: `${1985 + (first % 40)}-${two(month)}-${two(day)}`,
    updated_at: `202${second % 6}-${two(1 + (first % 12))}-${two(day)} ${two(second % 24)}:${two(first % 60)}:${two((first >>> 6) % 60)}`,
    status: states[(second >>> 9) % 4] ?? '存续',
  }
}

/** One line of CSV. One address in sixteen has a comma, and so needs quotes. */
export function csvLine(row: Row, number: number): string {
  const address = number % 16 === 0 ? `"${row.address},""院内"""` : row.address
  return `${row.code},${row.name},${address},${row.division},${row.capital},${row.staff},${row.founded},${row.updated_at},${row.status}\n`
}

/** The line of a row in a variant; `hit`: it differs from the line of the variant before. */
export function variantLine(number: number, rows: number, variant: Variant): { line: string; hit: boolean } {
  const chosen = mix(number ^ 0x51ed270b) % 100 === 7
  if (variant === 'bad') {
    const line = csvLine(madeRow(number), number)
    return chosen ? { line: spoilt(line, number), hit: true } : { line, hit: false }
  }
  const clustered = variant !== 'base' && inCluster(number, rows)
  const spread = variant === 'spread' && chosen
  const version = (clustered ? 1 : 0) + (spread ? 2 : 0)
  return {
    line: csvLine(madeRow(number, version), number),
    hit: variant === 'clustered' ? clustered : spread,
  }
}

/** Five stretches of 0.2 % each. */
function inCluster(number: number, rows: number): boolean {
  const period = Math.floor(rows / 5)
  const into = (number % period) - Math.floor(period / 2)
  return number < period * 5 && into >= 0 && into < Math.max(1, Math.floor(rows / 500))
}

/** A date that does not exist, a number that is none, a field too many, a required value that is missing. */
function spoilt(line: string, number: number): string {
  const fields = line.trimEnd().split(',')
  const last = fields.length - 1
  switch (mix(number) % 4) {
    case 0:
      fields[last - 2] = '2023-02-30'
      break
    case 1:
      fields[last - 3] = '约五人'
      break
    case 2:
      fields.push('多')
      break
    default:
      fields[last] = ''
  }
  return `${fields.join(',')}\n`
}

/** A 32-bit integer hash (Murmur3's finaliser). */
function mix(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
