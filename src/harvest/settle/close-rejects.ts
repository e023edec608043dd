import { columnList, loadTable } from '../../store/layout.ts'
import type { Settlement } from './settlement.ts'
import { typedKey } from './unreadable.ts'

/**
 * Closes rejects that are no more: in a complete listing, those it did not have; elsewhere, those whose key
 * arrived well. `met` are digests of known rejects that the listing had again.
 */
export async function closeRejects(settlement: Settlement, met: readonly bigint[]): Promise<void> {
  const { client, datasetId, runId, now, end } = settlement
  const ended = end.mode === 'snapshot' ? 'r.digest <> all ($4::bigint[])' : arrivedWell(settlement)
  const values = [datasetId, runId, now]
  await client.query(
    `update guiji.reject r set closed_run = $2, closed_at = $3
     where r.dataset_id = $1 and r.closed_at is null and r.last_run <> $2 and ${ended}`,
    end.mode === 'snapshot' ? [...values, met] : values,
  )
}

function arrivedWell({ layout, runId, end }: Settlement): string {
  if (!layout.keyed || end.kind === 'fresh') return 'false'
  return `exists (select from ${loadTable(runId)} c where ${typedKey(layout)} = (${columnList(layout.identity, 'c')}))`
}
