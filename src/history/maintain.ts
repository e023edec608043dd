import type pg from 'pg'
import type { HistoryDocument } from '../../catalog-schema/documents/documents.ts'
import { type Cleared, clearMonths } from './clear.ts'
import { type ClearedRows, clearRows } from './clear-rows.ts'
import { keepMonthsAhead } from './months.ts'
import { rollUp } from './roll-up.ts'

export interface MaintainOptions {
  readonly now: Date
  /** Zone of the days and months of the roll-ups. */
  readonly zone: string
  readonly keep: HistoryDocument
  readonly signal: AbortSignal
}

/** What was done, months as `YYYY-MM-DD` (`-infinity`: what was there before there were months). */
export interface Maintained {
  readonly made: readonly string[]
  readonly rolled: readonly string[]
  readonly cleared: Cleared
  readonly rows: ClearedRows
}

/** One at a time in a store; another caller finds nothing left to do and says so. */
const lockKey = 7_131_104

/**
 * Looks after the history: partitions ahead, roll-ups of months that are over, and away with details older than
 * their time. To be called once a day or so, by the clock or by `guiji maintain`; a call that is missed or cut off is
 * made up for by the next.
 */
export async function maintainHistory(
  pool: pg.Pool,
  options: MaintainOptions,
): Promise<Maintained | undefined> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
      lockKey,
    ])
    if (rows[0]?.mine !== true) return undefined
    try {
      const made = await keepMonthsAhead(pool)
      const rolled = await rollUp(client, options)
      const cleared = await clearMonths(client, options)
      return { made, rolled, cleared, rows: await clearRows(client, options) }
    } finally {
      await client.query('select pg_advisory_unlock($1)', [lockKey])
    }
  } finally {
    client.release()
  }
}
