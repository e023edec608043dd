import type pg from 'pg'
import type { Listing } from '../connector.ts'
import { holdFence } from '../ledger/ledger.ts'
import type { ClaimedRun } from './run-record.ts'
import type { HarvestTarget } from './target.ts'
import { inTransaction } from './transaction.ts'

/** Ends a run whose source is what it was: nothing was read, no row is written, and the check itself is on record. */
export async function finishUnchanged(
  client: pg.ClientBase,
  target: HarvestTarget,
  run: ClaimedRun,
  found: { readonly listing: Listing; readonly startedAt: string; readonly now: Date },
): Promise<void> {
  const { listing, startedAt, now } = found
  const { runId, fence } = run
  await inTransaction(client, async () => {
    await holdFence(client, { runId, fence, dataset: target.dataset.code })
    await client.query(
      `update guiji.dataset_state set last_checked_at = $2,
         last_snapshot_at = case when (select mode from guiji.run where id = $5) = 'snapshot' then $2 else last_snapshot_at end,
         source_published_at = coalesce($3, source_published_at), token = coalesce($4, token),
         published_by = case when $3::timestamptz is null then published_by else $6 end, checked_by = $7
       where dataset_id = $1`,
      [
        target.datasetId,
        startedAt,
        listing.publishedAt ?? null,
        listing.end().token ?? null,
        runId,
        listing.publishedBy ?? null,
        listing.unchangedBy ?? 'source',
      ],
    )
    await client.query(
      `insert into guiji.publication (run_id, dataset_id, at, held_after, received_after)
       select $1, $2, $3, held, received from guiji.dataset_state where dataset_id = $2`,
      [runId, target.datasetId, now],
    )
    await client.query(
      `update guiji.run set state = 'succeeded', finished_at = $3, complete = true, held_after = held_before,
         unchanged_by = $4, lease_until = null where id = $1 and fence = $2`,
      [runId, fence, now, listing.unchangedBy ?? 'source'],
    )
  })
}
