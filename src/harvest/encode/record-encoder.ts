import type {
  DatasetDocument,
  HarvestDocument,
  ItemMapping,
} from '../../../catalog-schema/documents/documents.ts'
import type { ItemType } from '../../../catalog-schema/vocabulary/item-types.ts'
import type { Issue } from '../../connector.ts'
import { GuijiError } from '../../errors/guiji-error.ts'
import { keyByteLimit } from '../checks.ts'
import { type Normaliser, normaliserOf } from '../normalise.ts'
import { encoders, type FieldEncoder, writeNull, writeRaw } from './encoders.ts'
import type { FrameWriter } from './frame-writer.ts'

interface FieldPlan {
  readonly item: string
  readonly type: ItemType
  readonly position: number
  readonly normalise: Normaliser
  /** Why a record without this value is rejected. */
  readonly mandatory: 'key-missing' | 'required' | undefined
  readonly encode: FieldEncoder
  /** Texts of the key: more bytes than this fit in no index. */
  readonly maxBytes?: number
}

/** A text, no value, or what PostgreSQL made of a text, in its binary form. */
export type FieldValue = string | null | Buffer

/** A record with texts only PostgreSQL can judge: the normalised texts, and which of them. */
export interface OddRecord {
  readonly values: (string | null)[]
  readonly odd: readonly number[]
}

/** Turns decoded source fields into the item columns of a binary COPY tuple. Compiled once per run. */
export interface RecordEncoder {
  readonly types: readonly ItemType[]
  readonly items: readonly string[]
  /** Normalised texts in item order, or the first thing that is wrong. */
  normalise(fields: readonly (string | null)[]): (string | null)[] | Issue
  /** Writes the item columns; returns the positions of texts it could not read (then the caller rewinds). */
  write(values: readonly FieldValue[], out: FrameWriter): readonly number[]
  /** The key of a record as texts, where every part of it can be read; for finding the row it belongs to. */
  keyOf(fields: readonly (string | null)[]): string[] | undefined
}

export function createRecordEncoder(
  dataset: DatasetDocument,
  harvest: HarvestDocument,
  fields: readonly string[],
): RecordEncoder {
  const plans = dataset.items.map((item): FieldPlan => {
    const mapping = mappingOf(harvest, item.code)
    return {
      item: item.code,
      type: item.type,
      position: positionOf(dataset, harvest, mapping, fields),
      normalise: normaliserOf(mapping),
      mandatory: item.key ? 'key-missing' : item.required ? 'required' : undefined,
      encode: encoders[item.type],
      ...(item.key && item.type === 'text' ? { maxBytes: keyByteLimit(dataset) } : {}),
    }
  })
  const keys = plans.filter((plan) => dataset.items.some((item) => item.key && item.code === plan.item))
  return {
    types: plans.map((plan) => plan.type),
    items: plans.map((plan) => plan.item),
    normalise: (record) => normaliseRecord(plans, record),
    write: (values, out) => writeFields(plans, values, out),
    keyOf: (record) => (keys.length === 0 ? undefined : keyTexts(keys, record)),
  }
}

/** An item that no mapping names is filled from the field of its own code, as it is. */
export function mappingOf(harvest: HarvestDocument, item: string): ItemMapping {
  const own = Object.hasOwn(harvest.items, item) ? harvest.items[item] : undefined
  return own ?? { from: item, normalise: [], empty: 'null', nulls: [] }
}

function positionOf(
  dataset: DatasetDocument,
  harvest: HarvestDocument,
  mapping: ItemMapping,
  fields: readonly string[],
): number {
  const position = fields.indexOf(mapping.from)
  if (position >= 0) return position
  throw new GuijiError('SOURCE_FIELD_LOST', {
    source: harvest.source,
    dataset: dataset.code,
    field: mapping.from,
    found: fields.join(', '),
  })
}

function normaliseRecord(
  plans: readonly FieldPlan[],
  record: readonly (string | null)[],
): (string | null)[] | Issue {
  const values = new Array<string | null>(plans.length)
  let missing: Issue | undefined
  for (let index = 0; index < plans.length; index += 1) {
    const plan = plans[index]
    if (plan === undefined) continue
    const text = record[plan.position] ?? null
    const value = plan.normalise(text)
    if (value !== null && typeof value === 'object') {
      return {
        reason: value.reason,
        column: plan.item,
        value: shorten(text ?? ''),
        message: `${plan.item} is "${shorten(text ?? '')}", expected ${value.expected}`,
      }
    }
    if (value !== null && plan.maxBytes !== undefined && Buffer.byteLength(value) > plan.maxBytes)
      return longKey(plan.item, value, plan.maxBytes)
    if (value === null && plan.mandatory !== undefined) missing ??= missingValue(plan.item, plan.mandatory)
    values[index] = value
  }
  return missing ?? values
}

/** Said as the check in the store says it: which of the two finds it depends on the lane. */
function missingValue(column: string, reason: 'key-missing' | 'required'): Issue {
  return { reason, column, message: `${column} has no value, expected a value` }
}

function longKey(column: string, value: string, limit: number): Issue {
  const message = `${column} has ${Buffer.byteLength(value)} bytes, expected at most ${limit} bytes in a key`
  return { reason: 'length', column, value: shorten(value), message }
}

const none: readonly number[] = []

function writeFields(
  plans: readonly FieldPlan[],
  values: readonly FieldValue[],
  out: FrameWriter,
): readonly number[] {
  let odd: number[] | undefined
  for (let index = 0; index < plans.length; index += 1) {
    const value = values[index]
    if (value === null || value === undefined) writeNull(out)
    else if (typeof value !== 'string') writeRaw(value, out)
    else if (plans[index]?.encode(value, out) === false) {
      odd ??= []
      odd.push(index)
    }
  }
  return odd ?? none
}

/** Texts that differ only in form (`1` and `01` for a number) are brought to one form by the store, not here. */
function keyTexts(keys: readonly FieldPlan[], record: readonly (string | null)[]): string[] | undefined {
  const texts: string[] = []
  for (const plan of keys) {
    const value = plan.normalise(record[plan.position] ?? null)
    if (typeof value !== 'string') return undefined
    texts.push(value)
  }
  return texts
}

export function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}
