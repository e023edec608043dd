import type pg from 'pg'
import type { HistoryDocument } from '../../catalog-schema/documents/documents.ts'

/** Rows deleted at once: short transactions, and nobody waits for long. */
const batch = 20_000

export interface ClearedRows {
  readonly occurrences: bigint
  readonly slots: bigint
  readonly rejects: bigint
  readonly days: bigint
}

/**
 * Deletes what is not kept by months: settled occurrences (counted in `guiji.period_count`), slots that are done with,
 * closed rejects, and roll-ups by day. What the next plan or verdict starts from stays, however old: the last
 * delivered period of a dataset and all after it, the last slot of a harvest, open rejects.
 */
export async function clearRows(
  client: pg.ClientBase,
  { now, keep, signal }: { readonly now: Date; readonly keep: HistoryDocument; readonly signal: AbortSignal },
): Promise<ClearedRows> {
  const deleteAll = (table: string, where: string, age: string) =>
    deleteInBatches(client, { table, where, now, age, signal })
  return {
    occurrences: await deleteAll('guiji.occurrence', oldOccurrence, keep.runs),
    slots: await deleteAll('guiji.slot', oldSlot, keep.slots),
    rejects: await deleteAll('guiji.reject', 'x.closed_at < $1::timestamptz - $2::interval', keep.rejects),
    days: await deleteAll(
      'guiji.rollup',
      `x.grain = 'day' and x.starts < ($1::timestamptz - $2::interval)::date and exists (
         select from guiji.history_month m where m.month = x.month and m.runs_cleared_at is not null)`,
      keep.days,
    ),
  }
}

/** A period less than 500 days old could be planned again by a commitment that reaches back that far. */
const oldOccurrence = `x.outcome <> 'pending'
  and x.period_end < $1::timestamptz - greatest($2::interval, interval '500 days')
  and exists (
    select from guiji.occurrence later where later.dataset_id = x.dataset_id and later.kept_at is not null
      and later.outcome <> 'void' and later.period_start > x.period_start)`

const oldSlot = `x.state in ('done', 'skipped') and x.instant < $1::timestamptz - $2::interval
  and exists (
    select from guiji.slot later where later.harvest_id = x.harvest_id and later.instant > x.instant)`

async function deleteInBatches(
  client: pg.ClientBase,
  what: {
    readonly table: string
    readonly where: string
    readonly now: Date
    readonly age: string
    readonly signal: AbortSignal
  },
): Promise<bigint> {
  let deleted = 0n
  for (;;) {
    what.signal.throwIfAborted()
    const { rowCount } = await client.query(
      `delete from ${what.table} where ctid in (
         select x.ctid from ${what.table} x where ${what.where} limit ${batch})`,
      [what.now, what.age],
    )
    deleted += BigInt(rowCount ?? 0)
    if (rowCount !== batch) return deleted
  }
}
