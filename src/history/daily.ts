import type pg from 'pg'
import type { HistoryDocument } from '../../catalog-schema/documents/documents.ts'
import { localDate } from '../freshness/zone.ts'
import { type Maintained, maintainHistory } from './maintain.ts'

export interface DailyOptions {
  /** Zone in which a day begins. */
  readonly zone: string
  readonly keep: HistoryDocument
}

/** Looks after the history where that was not done today; undefined: it was, or another process is at it. */
export type DailyUpkeep = (now: Date, signal: AbortSignal) => Promise<Maintained | undefined>

/**
 * For a process that stays up for months: to be called at every tick, does its work at the first call of each day.
 * What fails is tried again at the next call.
 */
export function dailyUpkeep(pool: pg.Pool, { zone, keep }: DailyOptions): DailyUpkeep {
  let done: string | undefined
  return async (now, signal) => {
    const today = localDate(now, zone).toString()
    if (done === today) return undefined
    const maintained = await maintainHistory(pool, { now, zone, keep, signal })
    done = today
    return maintained
  }
}
