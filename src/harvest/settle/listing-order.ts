import { adoptPages, forgetPages, pagesOfRun, writePages } from '../known/listing-pages.ts'
import type { PageOrder } from '../known/page-order.ts'
import type { Settlement } from './settlement.ts'

/**
 * Keeps the order of a published snapshot, so that the next one can be compared side by side with it. Where the pages
 * do not tell of every row held and of nothing else (new rejects, rows that stay although they are not listed) nothing
 * is kept: the next run then reads the table.
 */
export async function keepListingOrder(settlement: Settlement, order: PageOrder | undefined): Promise<void> {
  const { client, runId, datasetId, end } = settlement
  if (end.mode !== 'snapshot' || (end.kind === 'delta' && order === undefined)) return
  const pages = order === undefined ? await pagesOfRun(client, datasetId, runId) : order.finish()
  const { rows } = await client.query<{ held: bigint; accepted: bigint }>(
    `select t.held, r.accepted from guiji.dataset_state t, guiji.run r where t.dataset_id = $1 and r.id = $2`,
    [datasetId, runId],
  )
  const { held, accepted } = rows[0] ?? { held: -1n, accepted: -1n }
  if (pages.digests !== held || accepted !== held) return await forgetPages(client, datasetId)
  await writePages(client, datasetId, order?.take() ?? [])
  await adoptPages(client, { runId, datasetId }, pages)
}
