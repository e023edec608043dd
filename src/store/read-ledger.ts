import type pg from 'pg'
import type { Accounts } from '../harvest/accounts.ts'
import { newestFirst } from './newest-first.ts'

/** One entry of the ledger. */
export interface LedgerEntry extends Accounts {
  readonly dataset: string
  readonly run: bigint
  readonly state: string
  readonly chunk: number
  readonly kind: 'chunk' | 'settle' | 'correction'
  readonly at: Date
  readonly bytes: bigint
}

/** The entries of the newest runs of a dataset, or of all; in the order of their runs and chunks. */
export async function readLedger(
  pool: pg.Pool,
  options: { readonly datasetId: bigint | undefined; readonly limit: number },
): Promise<LedgerEntry[]> {
  const { datasetId, limit } = options
  const entries = await newestFirst(pool, limit, async (since) => {
    const { rows } = await pool.query<Omit<LedgerEntry, 'state'>>(
      `select d.code as dataset, l.run_id as run, l.chunk, l.kind, l.at, l.bytes, l.read, l.accepted, l.inserted,
         l.updated, l.unchanged, l.deleted, l.restored, l.rejected, l.duplicate
       from guiji.ledger l join guiji.dataset d on d.id = l.dataset_id
       where l.run_id >= $2 and ${datasetId === undefined ? 'true' : 'l.dataset_id = $3'}
       order by l.run_id desc, l.chunk desc limit $1`,
      datasetId === undefined ? [limit, since] : [limit, since, datasetId],
    )
    return rows
  })
  const states = await statesOf(
    pool,
    entries.map(({ run }) => run),
  )
  return entries.map((entry) => ({ ...entry, state: states.get(entry.run) ?? '' })).reverse()
}

async function statesOf(pool: pg.Pool, runs: readonly bigint[]): Promise<Map<bigint, string>> {
  const { rows } = await pool.query<{ id: bigint; state: string }>(
    'select id, state from guiji.run where id = any ($1::bigint[])',
    [[...new Set(runs)]],
  )
  return new Map(rows.map(({ id, state }) => [id, state]))
}

/** What the entries of published runs amount to: the rows held, and the rows ever received. */
export interface LedgerTotals {
  readonly entries: bigint
  readonly inserted: bigint
  readonly updated: bigint
  readonly deleted: bigint
  readonly restored: bigint
  readonly held: bigint
  readonly received: bigint
}

const totals = `coalesce(sum(entries), 0)::bigint as entries, coalesce(sum(inserted), 0)::bigint as inserted,
  coalesce(sum(updated), 0)::bigint as updated, coalesce(sum(deleted), 0)::bigint as deleted,
  coalesce(sum(restored), 0)::bigint as restored, coalesce(sum(inserted + restored - deleted), 0)::bigint as held,
  coalesce(sum(inserted + updated), 0)::bigint as received`

/** The account as every publication has carried it forward, of one dataset or of all. */
export async function readLedgerTotals(
  db: pg.Pool | pg.ClientBase,
  datasetId: bigint | undefined,
): Promise<LedgerTotals> {
  const { rows } = await db.query<LedgerTotals>(
    `select ${totals} from guiji.dataset_state where ${datasetId === undefined ? 'true' : 'dataset_id = $1'}`,
    datasetId === undefined ? [] : [datasetId],
  )
  return one(rows)
}

/**
 * The account of a dataset added up anew: the opening balance of the months that are rolled up, and every entry that
 * is in none of them (a month that was cleared has only what came later).
 * Independent of what was carried forward, to prove it.
 */
export async function addUpLedger(db: pg.Pool | pg.ClientBase, datasetId: bigint): Promise<LedgerTotals> {
  const live = await liveMonths(db)
  const ranges = live.map((_, at) => `(l.run_id >= $${2 * at + 2} and l.run_id < $${2 * at + 3})`)
  const published = 'exists (select from guiji.publication p where p.run_id = l.run_id)'
  const { rows } = await db.query<LedgerTotals>(
    `select ${totals} from (
       select u.entries, u.inserted, u.updated, u.deleted, u.restored
       from guiji.rollup u join guiji.history_month m on m.month = u.month and m.rolled_at is not null
       where u.dataset_id = $1 and u.grain = 'month'
       union all
       select 1, l.inserted, l.updated, l.deleted, l.restored from guiji.ledger l
       where l.dataset_id = $1 and (${ranges.join(' or ') || 'false'}) and ${published}
       union all
       select 1, l.inserted, l.updated, l.deleted, l.restored from guiji.ledger_rest l
       where l.dataset_id = $1 and ${published} and not exists (
         select from guiji.history_month m where l.run_id >= m.from_run and l.run_id < m.until_run
           and m.chunks_cleared_at is null)) entered`,
    [datasetId, ...live.flatMap(({ from, until }) => [from, until])],
  )
  return one(rows)
}

/** The months whose entries count themselves. Named in the query, so that only their partitions are looked at. */
async function liveMonths(db: pg.Pool | pg.ClientBase): Promise<{ from: bigint; until: bigint }[]> {
  const { rows } = await db.query<{ from: bigint; until: bigint }>(
    `select from_run as from, until_run as until from guiji.history_month where rolled_at is null order by month`,
  )
  return rows
}

function one<Row>(rows: readonly Row[]): Row {
  const row = rows[0]
  if (row === undefined) throw new Error('an aggregate without a group always gives a row')
  return row
}
