import type pg from 'pg'
import type { JudgementReason } from '../../catalog-schema/control/tables/promises.ts'

/** One thing that was said of a period. */
export interface Said {
  readonly at: Date
  readonly reason: JudgementReason
  readonly outcome: string
  readonly cause: string | null
  readonly lateAt: Date
}

/** A period that a dataset owes or owed, with everything that was ever said of it. */
export interface JudgedPeriod {
  readonly period: string
  readonly periodStart: Date
  readonly periodEnd: Date
  readonly dueAt: Date
  readonly lateAt: Date
  readonly waivedUntil: Date | null
  readonly outcome: string
  readonly cause: string | null
  readonly provisional: boolean
  readonly keptAt: Date | null
  readonly run: bigint | null
  /** In the order in which it was said. */
  readonly said: readonly Said[]
}

interface Row extends Omit<JudgedPeriod, 'said' | 'waivedUntil'> {
  readonly id: bigint
  readonly waivedUntil: Date | null
}

/** The newest `limit` periods of a dataset that have begun, newest first, void ones included. */
export async function readJudgements(
  pool: pg.Pool,
  datasetId: bigint,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<JudgedPeriod[]> {
  const { rows } = await pool.query<Row>(
    `select id, period, period_start as "periodStart", period_end as "periodEnd", due_at as "dueAt",
       late_at as "lateAt", nullif(waived_until, 'infinity') as "waivedUntil", outcome, cause, provisional,
       kept_at as "keptAt", run_id as run
     from guiji.occurrence where dataset_id = $1 and period_start <= $2
     order by period_start desc, id desc limit $3`,
    [datasetId, now, limit],
  )
  const said = await pool.query<Said & { readonly id: bigint }>(
    `select occurrence_id as id, at, reason, outcome, cause, late_at as "lateAt" from guiji.judgement
     where occurrence_id = any ($1::bigint[]) order by id`,
    [rows.map(({ id }) => id)],
  )
  return rows.map(({ id, ...row }) => ({
    ...row,
    said: said.rows.filter((one) => one.id === id).map(({ id: _, ...one }) => one),
  }))
}
