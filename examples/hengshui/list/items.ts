/** Builders of items: each says what the list shows and how the synthetic text of a record comes about. */
import { dateText, epochDay, firstDay, pad, timeText } from '../generator/dates.ts'
import { mix } from '../generator/hash.ts'
import { pick } from '../generator/places.ts'
import type { Item, Row, Write } from './types.ts'

export function key(item: Item): Item {
  return { ...item, key: true, required: true }
}

/** Empty in `percent` of the records. */
export function optional(item: Item, percent: number): Item {
  const write: Write = (row, hash) => (mix(hash, 7) % 100 < percent ? '' : item.write(row, hash))
  return { ...item, required: false, write }
}

export function required(item: Item): Item {
  return { ...item, required: true }
}

/** The same item under another code, title and source column: `as(fullName, 'owner_name', '车主姓名', 'czxm')`. */
export function as(item: Item, code: string, name: string, field: string): Item {
  return { ...item, code, name, field }
}

/** A number that never repeats, after a prefix: the key of registers and licences. */
export function serial(code: string, name: string, field: string, prefix: string, digits = 8): Item {
  const write: Write = (row) => prefix + pad(row.ordinal + 1, digits)
  return key({ code, name, field, type: 'text', maxLength: prefix.length + Math.max(digits, 12), write })
}

/** A licence number that need not be unique. */
export function number(code: string, name: string, field: string, prefix: string, digits = 8): Item {
  const write: Write = (_row, hash) => prefix + pad(hash % 10 ** digits, digits)
  return { code, name, field, type: 'text', pattern: `^${prefix}[0-9]{${digits}}$`, write }
}

/** One of a closed list (`a|b|c`), evenly. */
export function choice(code: string, name: string, field: string, options: string): Item {
  const words = options.split('|')
  return {
    code,
    name,
    field,
    type: 'text',
    enum: words,
    required: true,
    write: (_row, hash) => pick(words, hash >>> 4),
  }
}

/** A closed list whose first word is by far the most frequent, and which changes over time. */
export function status(code: string, name: string, field: string, options: string): Item {
  const words = options.split('|')
  const write: Write = (row, hash) => pick(words, (hash % 100 < 88 ? 0 : hash >>> 8) + row.version)
  return { code, name, field, type: 'text', enum: words, required: true, write }
}

/** A closed list which the source writes as `1`, `2`, …: needs its code table. */
export function coded(item: Item): Item {
  const words = item.enum ?? []
  const map = Object.fromEntries(words.map((word, index) => [String(index + 1), word]))
  return { ...item, map, write: (row, hash) => String(words.indexOf(item.write(row, hash)) + 1) }
}

/** One of many words, without a closed list. */
export function oneOf(code: string, name: string, field: string, options: string): Item {
  const words = options.split('|')
  return { code, name, field, type: 'text', write: (_row, hash) => pick(words, hash >>> 4) }
}

/** A day between two years, both included, never after the first day of the example. */
export function date(code: string, name: string, field: string, from: number, to = 2025): Item {
  return { code, name, field, type: 'date', write: (_row, hash) => dateText(dayBetween(from, to, hash)) }
}

function dayBetween(from: number, to: number, hash: number): number {
  const start = epochDay(from, 1, 1)
  const end = Math.min(epochDay(to, 12, 31), firstDay - 1)
  return start + (hash % (end - start + 1))
}

/** Two dates: issued, and valid for `years` from then. */
export function validity(years: number, from = 2025 - years): readonly [Item, Item] {
  const issued = (row: Row): number => dayBetween(from, 2025, mix(row.hash, 0x56414c))
  return [
    {
      code: 'issued_on',
      name: '发证日期',
      field: 'fzrq',
      type: 'date',
      required: true,
      write: (row) => dateText(issued(row)),
    },
    {
      code: 'valid_until',
      name: '有效期至',
      field: 'yxqz',
      type: 'date',
      write: (row) => dateText(issued(row) + Math.round(years * 365.25) - 1),
    },
  ]
}

/** An amount in yuan with two decimals that grows a little with every change. */
export function money(code: string, name: string, field: string, max: number): Item {
  const write: Write = (row, hash) => {
    const cents = (hash % (max * 100)) + row.version * 5_000
    return `${Math.floor(cents / 100)}.${pad(cents % 100, 2)}`
  }
  return { code, name, field, type: 'decimal', precision: 18, scale: 2, unit: '元', write }
}

/** The same, which the source counts in 万元. */
export function moneyInTenThousands(code: string, name: string, field: string, max: number): Item {
  const inner = money(code, name, field, max)
  return { ...inner, name, shift: 4 }
}

export function integer(
  code: string,
  name: string,
  field: string,
  min: number,
  max: number,
  unit?: string,
): Item {
  const write: Write = (row, hash) => String(min + (((hash >>> 2) + row.version) % (max - min + 1)))
  return { code, name, field, type: 'integer', ...(unit === undefined ? {} : { unit }), write }
}

export function decimal(
  code: string,
  name: string,
  field: string,
  min: number,
  max: number,
  scale: number,
  unit?: string,
): Item {
  const factor = 10 ** scale
  const write: Write = (_row, hash) =>
    (min + (hash % Math.round((max - min) * factor)) / factor).toFixed(scale)
  const precision = String(Math.ceil(Math.abs(max))).length + scale + 2
  return {
    code,
    name,
    field,
    type: 'decimal',
    precision,
    scale,
    ...(unit === undefined ? {} : { unit }),
    write,
  }
}

/** `true` or `false`. */
export function flag(code: string, name: string, field: string): Item {
  return { code, name, field, type: 'boolean', write: (_row, hash) => (hash & 16 ? 'true' : 'false') }
}

/** When an event took place: the events of a day are spread over it. `row.changedOn` is the day. */
export function moment(code: string, name: string, field: string): Item {
  const write: Write = (row, hash) => `${dateText(firstDay + row.changedOn - 1)} ${timeText(hash % 86_400)}`
  return { code, name, field, type: 'datetime', required: true, write }
}

/** When the source last touched the record; follows every change, so no change goes unseen. */
export const updatedAt: Item = {
  code: 'updated_at',
  name: '更新时间',
  field: 'gxsj',
  type: 'datetime',
  write: (row) => updateTime(row),
}

/** The same with microseconds; a few old records have none, as in life. */
export const updatedAtExactly: Item = {
  ...updatedAt,
  write: (row, hash) => {
    if (row.version === 0 && row.changedOn < 1 && row.hash % 500 === 0) return ''
    return `${updateTime(row)}.${pad(hash % 1_000_000, 6)}`
  },
}

function updateTime(row: Row): string {
  const day = row.changedOn < 1 ? firstDay - 1 - (row.hash % 900) : firstDay + row.changedOn - 1
  return `${dateText(day)} ${timeText(((row.hash >>> 3) + row.version * 7_919) % 86_400)}`
}

/** A sentence with the marks that break careless readers: commas, quotes. */
export function remark(code: string, name: string, field: string, percent = 30): Item {
  const words = [
    '经核查,情况属实',
    '已备案;材料齐全',
    '见"专项整治"台账',
    '按 2024 年统一口径, 由县级填报',
    '合成数据,仅供演示',
  ]
  return optional(
    { code, name, field, type: 'text', write: (_row, hash) => pick(words, hash >>> 4) },
    100 - percent,
  )
}
