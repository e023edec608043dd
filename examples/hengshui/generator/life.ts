/**
 * The life of a record by day, from hashes alone: when it appears, changes, vanishes and returns. Every question is
 * answered for any day without replaying the days before.
 *
 * Per day about 1 % of the records change, 0.3 % are new, 0.2 % vanish; of the vanished a quarter is back after two
 * days. Incremental and append datasets lose nothing; append datasets change nothing and get a thirtieth of the
 * first day's events every day.
 */
import type { Dataset } from '../list/types.ts'
import { isFrozen } from './dirt.ts'
import { mix } from './hash.ts'

export const defaultScale = 1_000_000

/** Days of events an append dataset holds on the first day. */
export const historyDays = 30

const changePeriod = 100
const lifePeriod = 500
const absenceDays = 2

export interface Life {
  readonly dataset: Dataset
  /** Records on the first day. */
  readonly initial: number
  /** New events of each day, append only. */
  readonly daily: number
}

export function lifeOf(dataset: Dataset, scale: number): Life {
  const scaled = Math.round((dataset.rows * scale) / defaultScale)
  const initial = dataset.fixed === true ? dataset.rows : Math.max(scaled, Math.min(dataset.rows, 20))
  return { dataset, initial, daily: Math.max(1, Math.round(initial / historyDays)) }
}

/** Records that ever came into being up to and with `day`. */
export function everBorn({ dataset, initial, daily }: Life, day: number): number {
  if (day < 1) return 0
  if (dataset.still === true) return initial
  if (dataset.mode === 'append') return initial + daily * (day - 1)
  return initial + Math.floor((initial * 3 * (day - 1)) / 1000)
}

/** The day on which a record came into being; 1 for all that were there on the first day. */
export function bornOn({ dataset, initial, daily }: Life, ordinal: number): number {
  if (ordinal < initial) return 1
  const later = ordinal - initial
  if (dataset.mode === 'append') return 2 + Math.floor(later / daily)
  return 1 + Math.ceil(((later + 1) * 1000) / (initial * 3))
}

/** The day an event took place: the first day's events lie in the thirty days up to it. */
export function eventDay(life: Life, ordinal: number): number {
  if (ordinal >= life.initial) return bornOn(life, ordinal)
  return 2 - historyDays + Math.floor((ordinal * historyDays) / life.initial)
}

/** Whether the source shows the record on `day`. */
export function isPresent(life: Life, ordinal: number, day: number): boolean {
  const born = bornOn(life, ordinal)
  if (day < born) return false
  if (life.dataset.mode !== 'snapshot' || life.dataset.still === true) return true
  if (ordinal < life.initial && isFrozen(life.dataset, ordinal)) return true
  const hash = mix(life.dataset.seed + 0x11, ordinal)
  const gone = born + 1 + (hash % lifePeriod)
  if (day < gone) return true
  return (hash >>> 24) % 4 === 0 && day >= gone + absenceDays
}

/** How often the record had changed by `day`. */
export function versionOn(life: Life, ordinal: number, day: number): number {
  if (life.dataset.still === true || life.dataset.mode === 'append') return 0
  if (ordinal < life.initial && isFrozen(life.dataset, ordinal)) return 0
  const phase = mix(life.dataset.seed + 0x22, ordinal) % changePeriod
  const before = Math.floor((bornOn(life, ordinal) - 1 + phase) / changePeriod)
  return Math.floor((day - 1 + phase) / changePeriod) - before
}

/** The day of the last change up to `day`; 0 when the record is as it was before the first day. */
export function changedOn(life: Life, ordinal: number, day: number): number {
  if (life.dataset.mode === 'append') return eventDay(life, ordinal)
  if (versionOn(life, ordinal, day) === 0) return ordinal < life.initial ? 0 : bornOn(life, ordinal)
  const phase = mix(life.dataset.seed + 0x22, ordinal) % changePeriod
  const now = day - 1 + phase
  return now - (now % changePeriod) - phase + 1
}
