import type pg from 'pg'
import { waitsForNobody } from './busy.ts'

/** The running month and this many after it have partitions. */
const monthsAhead = 2

/**
 * Makes the partitions of this and the next months where they are missing, by the clock of the store, which numbers
 * the runs. Cheap where nothing is missing; from any number of processes at once. A month that could not be made
 * because runs are at work costs nothing: its rows go to the rest partition, and move when it is made.
 *
 * @returns the months made, as `YYYY-MM-DD`
 */
export async function keepMonthsAhead(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ month: string }>(
    `select ahead.month::date as month
     from generate_series(date_trunc('month', now() at time zone 'UTC'),
       date_trunc('month', now() at time zone 'UTC') + $1 * interval '1 month', interval '1 month') as ahead (month)
     where not exists (select from guiji.history_month m where m.month = ahead.month::date) order by 1`,
    [monthsAhead],
  )
  const made: string[] = []
  for (const { month } of rows) {
    if (await addMonth(pool, month)) made.push(month)
  }
  return made
}

/** @returns false where it was there, or could not be made now. */
async function addMonth(pool: pg.Pool, month: string): Promise<boolean> {
  const client = await pool.connect()
  try {
    const made = await waitsForNobody(client, () =>
      client.query<{ made: boolean }>('select guiji.add_month($1) as made', [month]),
    )
    return made?.rows[0]?.made ?? false
  } finally {
    client.release()
  }
}

/** A month whose partitions there are, as far as it was dealt with. */
export interface HistoryMonth {
  /** `YYYY-MM-DD`, or `-infinity` for what was there before there were months. */
  readonly month: string
  readonly fromRun: bigint
  readonly untilRun: bigint
  readonly rolledAt: Date | null
  readonly chunksClearedAt: Date | null
  readonly runsClearedAt: Date | null
}

/** The months that are over at `now` and whose runs have all been committed, oldest first. */
export async function monthsOver(client: pg.ClientBase, now: Date): Promise<HistoryMonth[]> {
  const { rows } = await client.query<HistoryMonth>(
    `select month, from_run as "fromRun", until_run as "untilRun", rolled_at as "rolledAt",
       chunks_cleared_at as "chunksClearedAt", runs_cleared_at as "runsClearedAt"
     from guiji.history_month
     where until_run <= guiji.first_run_of((($1::timestamptz - interval '1 day') at time zone 'UTC')::date)
     order by month`,
    [now],
  )
  return rows
}

/** Ends the names of a month's partitions: `202610`, or `before`. */
export function partitionSuffix(month: string): string {
  return month === '-infinity' ? 'before' : month.slice(0, 7).replace('-', '')
}
