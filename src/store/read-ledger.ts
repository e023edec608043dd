import type pg from 'pg'
import type { Accounts } from '../harvest/accounts.ts'

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

/** The newest entries of a dataset, or of all, oldest of them first. */
export async function readLedger(
  pool: pg.Pool,
  options: { readonly datasetId: bigint | undefined; readonly limit: number },
): Promise<LedgerEntry[]> {
  const { rows } = await pool.query<LedgerEntry>(
    `select d.code as dataset, l.run_id as run, r.state, l.chunk, l.kind, l.at, l.bytes, l.read, l.accepted, l.inserted, l.updated,
       l.unchanged, l.deleted, l.restored, l.rejected, l.duplicate
     from guiji.ledger l join guiji.run r on r.id = l.run_id join guiji.dataset d on d.id = l.dataset_id
     where $1::bigint is null or l.dataset_id = $1 order by l.id desc limit $2`,
    [options.datasetId ?? null, options.limit],
  )
  return rows.reverse()
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

export async function readLedgerTotals(
  db: pg.Pool | pg.ClientBase,
  datasetId: bigint | undefined,
): Promise<LedgerTotals> {
  const { rows } = await db.query<LedgerTotals>(
    `select count(*) as entries, coalesce(sum(inserted), 0)::bigint as inserted,
       coalesce(sum(updated), 0)::bigint as updated, coalesce(sum(deleted), 0)::bigint as deleted,
       coalesce(sum(restored), 0)::bigint as restored,
       coalesce(sum(inserted + restored - deleted), 0)::bigint as held,
       coalesce(sum(inserted + updated), 0)::bigint as received
     from guiji.ledger l
     where ($1::bigint is null or l.dataset_id = $1) and exists (select from guiji.publication p where p.run_id = l.run_id)`,
    [datasetId ?? null],
  )
  const row = rows[0]
  if (row === undefined) throw new Error('an aggregate without a group always gives a row')
  return row
}
