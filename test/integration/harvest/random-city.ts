import type { ItemType } from '../../../catalog-schema/vocabulary/item-types.ts'
import type { Field, Line, ModelItem } from './reference.ts'

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function dice(seed: number) {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(random() * limit)
  return {
    below,
    chance: (share: number) => random() < share,
    pick: <Value>(values: readonly Value[]): Value => {
      const value = values[below(values.length)]
      if (value === undefined) throw new Error('nothing to pick from')
      return value
    },
  }
}
export type Dice = ReturnType<typeof dice>

/** Source texts and what PostgreSQL shows of them, in UTC. */
const good: Readonly<Record<ItemType, readonly (readonly [string, string])[]>> = {
  text: [
    'a',
    'Abc',
    '甲',
    'b,c',
    'say "hi"',
    'two\nlines',
    '𠮷野家社区',
    "O'Neil; drop table x",
    '\\N',
    '\\.',
    'back\\slash',
    'long enough to be telling',
    '三里屯街道办事处',
  ].map((text) => [text, text]),
  integer: [
    ['1', '1'],
    ['01', '1'],
    ['+7', '7'],
    ['-5', '-5'],
    ['9223372036854775807', '9223372036854775807'],
    ['42', '42'],
    ['130000', '130000'],
    ['130001', '130001'],
    ['0', '0'],
    [' 8', '8'],
  ],
  decimal: [
    ['1.50', '1.50'],
    ['1.5', '1.5'],
    ['-0.00', '0.00'],
    ['123456789012345678901234567890.5', '123456789012345678901234567890.5'],
    ['1e3', '1000'],
    ['.25', '0.25'],
    ['10000', '10000'],
    ['0.00010001', '0.00010001'],
  ],
  boolean: [
    ['true', 'true'],
    ['f', 'false'],
    ['YES', 'true'],
    ['0', 'false'],
  ],
  date: [
    ['2025-06-20', '2025-06-20'],
    ['20250620', '2025-06-20'],
    ['9999-12-31', '9999-12-31'],
    ['0001-01-01', '0001-01-01'],
    ['2025-6-1', '2025-06-01'],
  ],
  time: [
    ['10:00', '10:00:00'],
    ['23:59:59.5', '23:59:59.5'],
    ['24:00:00', '24:00:00'],
  ],
  datetime: [
    ['2025-06-20 10:00:00', '2025-06-20 10:00:00'],
    ['2025-06-20T10:00:00.123456', '2025-06-20 10:00:00.123456'],
    ['9999-12-31 23:59:59', '9999-12-31 23:59:59'],
    ['2025-06-20', '2025-06-20 00:00:00'],
  ],
  instant: [
    ['2025-06-20 10:00:00+08', '2025-06-20 02:00:00+00'],
    ['2025-06-20T10:00:00Z', '2025-06-20 10:00:00+00'],
    ['2025-06-20 10:00', '2025-06-20 02:00:00+00'],
    ['1900-12-31 12:00:00', '1900-12-31 03:54:17+00'],
  ],
  uuid: [
    ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['{a0eebc999c0b4ef8bb6d6bb9bd380a12}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'],
  ],
  json: [
    ['{"b":1,"a":[2]}', '{"a": [2], "b": 1}'],
    ['"\\u0041"', '"A"'],
    ['"\\u0001"', '"\\u0001"'],
    ['1e2', '100'],
  ],
}
/** The instants above as they are shown in the zone of the datasets. */
export const inZone: Readonly<Record<string, string>> = {
  '2025-06-20 02:00:00+00': '2025-06-20 10:00:00+08',
  '2025-06-20 10:00:00+00': '2025-06-20 18:00:00+08',
  '1900-12-31 03:54:17+00': '1900-12-31 12:00:00+08:05:43',
}

const bad: Readonly<Partial<Record<ItemType, readonly string[]>>> = {
  integer: ['x', '1.5', '9223372036854775808', '１２'],
  decimal: ['abc', 'NaN', '1,5'],
  boolean: ['maybe'],
  date: ['2025-02-30', 'today', 'infinity', '0000-00-00'],
  time: ['25:00', 'now'],
  datetime: ['2025-06-20 25:00:00', '昨天'],
  instant: ['2025-06-20 10:00:00+99:00', 'tomorrow'],
  uuid: ['not-a-uuid'],
  json: ['{', '{"a":"\\u0000"}', '1e200000'],
}

export interface Shape {
  readonly items: readonly ModelItem[]
  readonly keyed: boolean
}

export function randomShape(roll: Dice): Shape {
  const keyed = roll.chance(0.75)
  const types = Object.keys(good) as ItemType[]
  const count = 3 + roll.below(4)
  const keys = keyed ? (roll.chance(0.3) ? 2 : 1) : 0
  const items = Array.from({ length: count }, (_, at): ModelItem => {
    const key = at < keys
    const type = key
      ? roll.pick(['text', 'integer', 'date', 'decimal', 'instant'] as const)
      : roll.pick(types)
    return {
      code: `c${at}`,
      type,
      key,
      required: !key && roll.chance(0.2),
      ...(type === 'text' && !key && roll.chance(0.4) ? { pattern: /^[^A-Z]*$/ } : {}),
    }
  })
  return { items, keyed }
}

/** One record over `items`; keys from few values, so that they meet. */
export function randomLine(roll: Dice, items: readonly ModelItem[], dirt: number): Line {
  if (roll.chance(dirt / 3)) return brokenLine(roll, items)
  const fields = Object.fromEntries(
    items.map((item) => [item.code, randomField(roll, item, dirt / items.length)]),
  )
  return { raw: rawOf(roll, items, fields), fields }
}

function randomField(roll: Dice, item: ModelItem, dirt: number): Field {
  const wrong = bad[item.type]
  if (wrong !== undefined && roll.chance(dirt)) return { text: roll.pick(wrong), stored: undefined }
  if (roll.chance(item.key ? dirt : 0.15)) return { text: roll.pick([null, '']), stored: null }
  const [text, stored] = roll.pick(good[item.type])
  return { text, stored }
}

function rawOf(roll: Dice, items: readonly ModelItem[], fields: Readonly<Record<string, Field>>): string {
  return items.map((item) => written(roll, fields[item.code]?.text ?? null)).join(',')
}

function written(roll: Dice, text: string | null): string {
  if (text === null) return ''
  const must = text === '' || /[",\n\r]/.test(text)
  return must || roll.chance(0.1) ? `"${text.replaceAll('"', '""')}"` : text
}

function brokenLine(roll: Dice, items: readonly ModelItem[]): Line {
  const width = items.length
  const number = roll.below(1000)
  const cells = (count: number) => Array.from({ length: count }, (_, at) => `z${number + at}`).join(',')
  const kind = roll.below(3)
  if (kind === 0) return { raw: cells(width - 1), broken: 'ragged', fields: {} }
  if (kind === 1) return { raw: cells(width + 1 + roll.below(2)), broken: 'ragged', fields: {} }
  return { raw: `${cells(width - 1)},z"${number}"z`, broken: 'malformed', fields: {} }
}

/** The listing of the next day: some lines stay, change, vanish, return, repeat, or move. */
export function nextDay(
  roll: Dice,
  today: readonly Line[],
  options: { readonly items: readonly ModelItem[]; readonly dirt: number; readonly before: readonly Line[] },
): Line[] {
  const { items, dirt, before } = options
  const lines: Line[] = []
  for (const line of today) {
    if (roll.chance(0.15)) continue
    lines.push(roll.chance(0.15) ? changed(roll, line, items) : line)
  }
  for (let more = roll.below(4); more > 0; more -= 1)
    lines.splice(roll.below(lines.length + 1), 0, randomLine(roll, items, dirt))
  for (let back = roll.below(3); back > 0 && before.length > 0; back -= 1) {
    const line = roll.pick(before)
    lines.splice(roll.below(lines.length + 1), 0, roll.chance(0.6) ? line : changed(roll, line, items))
  }
  if (roll.chance(0.3) && lines.length > 0) lines.splice(roll.below(lines.length + 1), 0, roll.pick(lines))
  if (roll.chance(0.2)) lines.reverse()
  return lines
}

/** Another record with the same key. */
function changed(roll: Dice, line: Line, items: readonly ModelItem[]): Line {
  const others = items.filter((item) => !item.key)
  if (line.broken !== undefined || others.length === 0) return line
  const item = roll.pick(others)
  const fields = { ...line.fields, [item.code]: randomField(roll, item, 0.1) }
  return { raw: rawOf(roll, items, fields), fields }
}

/** The file: its lines, one column wider where `items` is wider than a line's own. */
export function fileOf(items: readonly ModelItem[], lines: readonly Line[]): string {
  return `${[items.map((item) => item.code).join(','), ...lines.map((line) => line.raw)].join('\n')}\n`
}
