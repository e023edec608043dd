import type pg from 'pg'
import type { Place } from '../connector.ts'

/** Open rejects of one reason and column. */
export interface RejectGroup {
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
  readonly datasetId: bigint
  readonly reason?: string | undefined
}

const open = `dataset_id = $1 and closed_at is null and ($2::text is null or reason = $2)`

/** The open rejects of a dataset by reason and column, most frequent first. */
export async function rejectGroups(pool: pg.Pool, choice: RejectChoice): Promise<RejectGroup[]> {
  const { rows } = await pool.query<RejectGroup>(
    `select reason, column_name as column, count(*) as count, max(last_at) as "lastAt",
       (array_agg(value order by id desc))[1] as value, (array_agg(message order by id desc))[1] as message
     from guiji.reject where ${open}
     group by reason, column_name order by count(*) desc, reason, column_name`,
    [choice.datasetId, choice.reason ?? null],
  )
  return rows
}

const columns = `id, reason, column_name as column, value, message, place, raw, first_at as "firstAt",
  last_at as "lastAt", first_run as "firstRun", last_run as "lastRun"`

/** Open rejects one by one, in the order in which they were met, page by page: `after` is the last id seen. */
export async function rejectedRecords(
  pool: pg.Pool,
  choice: RejectChoice & { readonly after: bigint; readonly limit: number },
): Promise<RejectedRecord[]> {
  const { rows } = await pool.query<RejectedRecord>(
    `select ${columns} from guiji.reject where ${open} and id > $3 order by id limit $4`,
    [choice.datasetId, choice.reason ?? null, choice.after, choice.limit],
  )
  return rows
}

/** The bytes of one reject as the source gave them; closed ones too. Undefined: the dataset has no such reject. */
export async function rejectedBytes(
  pool: pg.Pool,
  datasetId: bigint,
  id: bigint,
): Promise<Buffer | undefined> {
  const { rows } = await pool.query<{ raw: Buffer }>(
    'select raw from guiji.reject where dataset_id = $1 and id = $2',
    [datasetId, id],
  )
  return rows[0]?.raw
}
