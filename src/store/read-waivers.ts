import type pg from 'pg'

/** An announced delay, and its end where it was revoked. */
export interface WaiverRecord {
  readonly id: bigint
  readonly dataset: string
  readonly period: string
  /** Null: the period is not owed at all. */
  readonly until: Date | null
  readonly reason: string
  readonly announcedBy: string
  readonly origin: 'command' | 'document'
  readonly recordedBy: string
  readonly recordedAt: Date
  readonly revokedAt: Date | null
  readonly revokedBy: string | null
  readonly revokeReason: string | null
  /** What is said of the period now; null: it is not planned yet. */
  readonly outcome: string | null
}

/** All waivers, of one dataset where it is given, newest first. */
export async function readWaivers(pool: pg.Pool, datasetId: bigint | undefined): Promise<WaiverRecord[]> {
  const { rows } = await pool.query<WaiverRecord>(
    `select w.id, d.code as dataset, w.period, w.until, w.reason, w.announced_by as "announcedBy", w.origin,
       w.recorded_by as "recordedBy", w.recorded_at as "recordedAt", r.revoked_at as "revokedAt",
       r.revoked_by as "revokedBy", r.reason as "revokeReason", o.outcome
     from guiji.waiver w join guiji.dataset d on d.id = w.dataset_id
       left join guiji.waiver_revocation r on r.waiver_id = w.id
       left join guiji.occurrence o on o.dataset_id = w.dataset_id and o.period = w.period and o.outcome <> 'void'
     where $1::bigint is null or w.dataset_id = $1
     order by w.id desc`,
    [datasetId ?? null],
  )
  return rows
}

/** Labels of the periods that a dataset owes, those nearest to `now` first. */
export async function readPeriods(pool: pg.Pool, datasetId: bigint, now: Date): Promise<string[]> {
  const { rows } = await pool.query<{ period: string }>(
    `select period from guiji.occurrence where dataset_id = $1 and outcome <> 'void'
     order by greatest(period_start - $2, $2 - period_start)`,
    [datasetId, now],
  )
  return rows.map(({ period }) => period)
}
