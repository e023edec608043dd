/**
 * What is wrong in the files and interfaces of the departments, from hashes alone. A record is wrong in at most one
 * way, on every day, unless it is mended on some day (a quarter of them is, append data never).
 */
import type { Dataset, DirtKind, Item, RejectKind } from '../list/types.ts'
import { mix } from './hash.ts'
import type { Life } from './life.ts'

/** One way of being wrong, with the item it shows in (-1: in the record as a whole). */
export interface Flaw {
  readonly kind: DirtKind
  readonly column: number
}

interface Plan {
  /** Flaws by hash below 10,000; beyond the end: sound. */
  readonly byShare: readonly Flaw[]
  /** Item that is sometimes written in full-width characters, and one that is sometimes padded with blanks. */
  readonly fullWidth: number
  readonly padded: number
}

const checkable = ['idcard', 'uscc', 'plate', 'mobile']
const numbersAndDates = ['date', 'datetime', 'integer', 'decimal']

/** Where a kind of dirt can show in a dataset; undefined: nowhere. */
const target: Readonly<Record<DirtKind, (item: Item) => boolean>> = {
  type: (item) => item.key !== true && numbersAndDates.includes(item.type),
  semantic: (item) => item.semantic !== undefined && checkable.includes(item.semantic),
  required: (item) => item.key !== true && item.required === true && item.type === 'text',
  pattern: (item) => item.key !== true && item.pattern !== undefined,
  enum: (item) => item.key !== true && item.enum !== undefined && item.map === undefined,
  ragged: () => true,
  duplicate: () => true,
  'key-conflict': () => true,
}
const whole: readonly DirtKind[] = ['ragged', 'duplicate', 'key-conflict']

const plans = new WeakMap<Dataset, Plan>()

export function planOf(dataset: Dataset): Plan {
  const known = plans.get(dataset)
  if (known !== undefined) return known
  const dirty = dataset.dirt !== undefined
  const plan: Plan = {
    byShare: sharesOf(dataset),
    fullWidth: dirty ? dataset.items.findIndex((item) => checkable.includes(item.semantic ?? '')) : -1,
    padded: dirty ? dataset.items.findIndex((item) => item.code.endsWith('_name')) : -1,
  }
  plans.set(dataset, plan)
  return plan
}

function sharesOf(dataset: Dataset): readonly Flaw[] {
  const flaws: Flaw[] = []
  for (const [kind, rate] of Object.entries(dataset.dirt ?? {}) as [DirtKind, number][]) {
    const column = whole.includes(kind) ? -1 : dataset.items.findIndex(target[kind])
    if (column === -1 && !whole.includes(kind)) continue
    if (kind === 'ragged' && dataset.source.kind !== 'csv') continue
    for (let i = 0; i < rate; i += 1) flaws.push({ kind, column })
  }
  return flaws
}

/** What is wrong with a record on `day`, if anything. */
export function flawOn(life: Life, ordinal: number, day: number): Flaw | undefined {
  const { dataset, initial } = life
  const flaw = inbornFlaw(dataset, ordinal)
  if (flaw === undefined || dataset.mode === 'append') return flaw
  // See `isFrozen`: no such record comes later.
  if (ordinal >= initial && hidesKey(dataset, flaw)) return undefined
  const mending = mix(dataset.seed + 0x44, ordinal)
  const mended = mending % 4 === 0 && day >= 2 + ((mending >>> 8) % 20)
  return mended ? undefined : flaw
}

function inbornFlaw(dataset: Dataset, ordinal: number): Flaw | undefined {
  const { byShare } = planOf(dataset)
  return byShare.length === 0 ? undefined : byShare[mix(dataset.seed + 0x33, ordinal) % 10_000]
}

/**
 * A record whose key cannot be told could be any record, so a harvest that meets one for the first time rightly
 * deletes nothing. For the vanished records of a day to be known exactly, such records are there from the first
 * day, neither change nor vanish, and can only be mended.
 */
export function isFrozen(dataset: Dataset, ordinal: number): boolean {
  const flaw = inbornFlaw(dataset, ordinal)
  return flaw !== undefined && hidesKey(dataset, flaw)
}

function hidesKey(dataset: Dataset, flaw: Flaw): boolean {
  return flaw.kind === 'ragged' || dataset.items[flaw.column]?.key === true
}

/** The reason for which a record with this flaw is rejected itself; a conflict rejects only its second copy. */
export function rejectsItself(flaw: Flaw | undefined): flaw is Flaw & { readonly kind: RejectKind } {
  return flaw !== undefined && flaw.kind !== 'duplicate' && flaw.kind !== 'key-conflict'
}

/** The wrong text for a flaw in one item. */
export function spoil(flaw: Flaw, item: Item, text: string): string {
  if (flaw.kind === 'required') return ''
  if (flaw.kind === 'enum') return '未知类别'
  if (flaw.kind === 'pattern') return `${text}#`
  if (flaw.kind === 'type') return wrongOfType(item, text)
  if (item.semantic === 'plate') return '冀T00'
  if (item.semantic === 'mobile') return '1380318'
  return text.slice(0, -1) + (text.endsWith('1') ? '2' : '1')
}

function wrongOfType(item: Item, text: string): string {
  if (item.type === 'date') return '2025-02-30'
  if (item.type === 'datetime') return `2025-02-30${text.slice(10)}`
  return `约${text}`
}

const zero = '0'.charCodeAt(0)

/** Digits as full-width characters. */
export function widen(text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCharCode(0xff10 + digit.charCodeAt(0) - zero))
}
