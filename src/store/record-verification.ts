import type pg from 'pg'
import type { Counts } from './read-counts.ts'

/** Keeps what a verification found, so that a difference is told until a later one finds none. */
export async function recordVerification(
  pool: pg.Pool,
  options: { readonly now: Date; readonly counts: readonly Counts[] },
): Promise<void> {
  for (const { code, counted, held, ledger, agree } of options.counts) {
    await pool.query(
      `insert into guiji.verification (dataset_id, at, counted, held, ledger, agree)
       select id, $2, $3, $4, $5, $6 from guiji.dataset where code = $1
       on conflict (dataset_id) do update set at = excluded.at, counted = excluded.counted, held = excluded.held,
         ledger = excluded.ledger, agree = excluded.agree`,
      [code, options.now, counted, held, ledger, agree],
    )
  }
}
