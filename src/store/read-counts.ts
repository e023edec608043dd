import type pg from 'pg'
import { inTransaction } from '../harvest/transaction.ts'
import { qualified } from './identifiers.ts'
import type { ListedDataset } from './read-datasets.ts'
import { addUpLedger } from './read-ledger.ts'

/** The rows of one dataset by three independent ways of knowing; all three must be equal. */
export interface Counts {
  readonly code: string
  /** `count(*)` of the store table. */
  readonly counted: bigint
  /** What the dataset's state says, as every view and page shows it. */
  readonly held: bigint
  /** What the ledger entries of published runs add up to. */
  readonly ledger: bigint
  readonly received: bigint
  readonly ledgerReceived: bigint
  readonly agree: boolean
}

/** Counts a dataset for real, at one instant: a publication in the middle is seen by all three or by none. */
export async function countDataset(pool: pg.Pool, dataset: ListedDataset): Promise<Counts> {
  const client = await pool.connect()
  try {
    return await inTransaction(client, async () => {
      await client.query('set transaction isolation level repeatable read, read only')
      const state = await client.query<{ held: bigint; received: bigint; table_name: string }>(
        `select coalesce(s.held, 0) as held, coalesce(s.received, 0) as received, d.table_name
         from guiji.dataset d left join guiji.dataset_state s on s.dataset_id = d.id where d.id = $1`,
        [dataset.id],
      )
      const { held = 0n, received = 0n, table_name = dataset.code } = state.rows[0] ?? {}
      const { rows } = await client.query<{ count: bigint }>(
        `select count(*) as count from ${qualified('store', table_name)}`,
      )
      const counted = rows[0]?.count ?? 0n
      const totals = await addUpLedger(client, dataset.id)
      const agree = counted === held && held === totals.held && received === totals.received
      const { code } = dataset
      return { code, counted, held, ledger: totals.held, received, ledgerReceived: totals.received, agree }
    })
  } finally {
    client.release()
  }
}
