import type pg from 'pg'
import type { HistoryDocument } from '../../catalog-schema/documents/documents.ts'
import { qualified } from '../store/identifiers.ts'
import { waitsForNobody } from './busy.ts'
import { type HistoryMonth, monthsOver, partitionSuffix } from './months.ts'

/** Months whose details went, as `YYYY-MM-DD`. */
export interface Cleared {
  /** Ledger entries. */
  readonly chunks: readonly string[]
  /** Runs and publications. */
  readonly runs: readonly string[]
  /** Left for the next time: a harvest was at work. */
  readonly busy: readonly string[]
}

interface ClearOptions {
  readonly now: Date
  readonly keep: HistoryDocument
  readonly signal: AbortSignal
}

/**
 * Drops the partitions of months that are older than their time. Only what is rolled up goes: counts, verdicts and
 * everything the next harvest compares with do not change by it.
 */
export async function clearMonths(client: pg.ClientBase, options: ClearOptions): Promise<Cleared> {
  const { now, keep, signal } = options
  const chunks: string[] = []
  const runs: string[] = []
  const busy: string[] = []
  for (const month of await monthsOver(client, now)) {
    signal.throwIfAborted()
    if (month.rolledAt === null || month.runsClearedAt !== null) continue
    const steps = [
      { kind: 'chunks', tables: ['ledger'], keep: keep.chunks, into: chunks, done: month.chunksClearedAt },
      {
        kind: 'runs',
        tables: ['publication', 'run'],
        keep: keep.runs,
        into: runs,
        done: month.runsClearedAt,
      },
    ] as const
    for (const step of steps) {
      if (step.done !== null || !(await isOlder(client, month, now, step.keep))) continue
      const went = await waitsForNobody(client, () => dropPartitions(client, month, step, now))
      if (went === undefined) busy.push(month.month)
      else if (went) step.into.push(month.month)
    }
  }
  return { chunks, runs, busy }
}

async function isOlder(
  client: pg.ClientBase,
  { month }: HistoryMonth,
  now: Date,
  keep: string,
): Promise<boolean> {
  const { rows } = await client.query<{ older: boolean }>(
    `select coalesce(last_at, (month + interval '1 month') at time zone 'UTC') < $2::timestamptz - $3::interval as older
     from guiji.history_month where month = $1`,
    [month, now, keep],
  )
  return rows[0]?.older === true
}

/** Runs are never cleared before their entries, nor either of them unless it is still rolled up under the lock. */
async function dropPartitions(
  client: pg.ClientBase,
  { month }: HistoryMonth,
  step: { readonly kind: 'chunks' | 'runs'; readonly tables: readonly string[] },
  now: Date,
): Promise<boolean> {
  const column = `${step.kind}_cleared_at`
  const marked = await client.query(
    `update guiji.history_month set ${column} = $2 where month = $1 and rolled_at is not null and ${column} is null
       and ${step.kind === 'chunks' ? 'true' : 'chunks_cleared_at is not null'}`,
    [month, now],
  )
  if (marked.rowCount !== 1) return false
  for (const table of step.tables)
    await client.query(`drop table ${qualified('guiji', `${table}_${partitionSuffix(month)}`)}`)
  return true
}
