import type pg from 'pg'
import type { Place } from '../connector.ts'

/** Open rejects of one dataset, reason and column. */
export interface RejectGroup {
  readonly dataset: string
  readonly reason: string
  readonly column: string | null
  readonly count: bigint
  readonly lastAt: Date
  /** Value and message of the newest of them. */
  readonly value: string | null
  readonly message: string
}

export interface RejectedRecord {
  readonly id: bigint
  readonly dataset: string
  readonly reason: string
  readonly column: string | null
  readonly value: string | null
  readonly message: string
  readonly place: Place
  readonly raw: Buffer
  readonly firstAt: Date
  readonly lastAt: Date
  readonly firstRun: bigint
  readonly lastRun: bigint
}

export interface RejectChoice {
  /** Absent: all datasets. */
  readonly datasetId?: bigint | undefined
  readonly reason?: string | undefined
}

const open = `guiji.reject r join guiji.dataset d on d.id = r.dataset_id
  where r.closed_at is null and ($1::bigint is null or r.dataset_id = $1) and ($2::text is null or r.reason = $2)`

/** The open rejects by dataset, reason and column, most frequent first. */
export async function rejectGroups(pool: pg.Pool, choice: RejectChoice): Promise<RejectGroup[]> {
  const { rows } = await pool.query<RejectGroup>(
    `select d.code as dataset, r.reason, r.column_name as column, count(*) as count, max(r.last_at) as "lastAt",
       (array_agg(r.value order by r.id desc))[1] as value, (array_agg(r.message order by r.id desc))[1] as message
     from ${open}
     group by d.code, r.reason, r.column_name order by count(*) desc, d.code, r.reason, r.column_name`,
    [choice.datasetId ?? null, choice.reason ?? null],
  )
  return rows
}

const columns = `r.id, d.code as dataset, r.reason, r.column_name as column, r.value, r.message, r.place, r.raw,
  r.first_at as "firstAt", r.last_at as "lastAt", r.first_run as "firstRun", r.last_run as "lastRun"`

/** Open rejects one by one, in the order in which they were met, page by page: `after` is the last id seen. */
export async function rejectedRecords(
  pool: pg.Pool,
  choice: RejectChoice & { readonly after: bigint; readonly limit: number },
): Promise<RejectedRecord[]> {
  const { rows } = await pool.query<RejectedRecord>(
    `select ${columns} from ${open} and r.id > $3 order by r.id limit $4`,
    [choice.datasetId ?? null, choice.reason ?? null, choice.after, choice.limit],
  )
  return rows
}

/** The bytes of one reject as the source gave them; closed ones too. Undefined: there is no such reject (of the dataset). */
export async function rejectedBytes(
  pool: pg.Pool,
  datasetId: bigint | undefined,
  id: bigint,
): Promise<Buffer | undefined> {
  const { rows } = await pool.query<{ raw: Buffer }>(
    'select raw from guiji.reject where id = $2 and ($1::bigint is null or dataset_id = $1)',
    [datasetId ?? null, id],
  )
  return rows[0]?.raw
}
