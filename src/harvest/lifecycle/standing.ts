import type pg from 'pg'
import type { HarvestTarget } from '../target.ts'

interface Row {
  readonly held: bigint
  readonly token: string | null
  readonly cursor: string | null
  readonly seed: string | null
  readonly last_snapshot_at: Date | null
  readonly mark: string
}

/** What a dataset holds and was compared with last, as it is now, and a mark that differs once anything of it moved. */
export async function readStanding(
  client: pg.ClientBase,
  datasetId: bigint,
): Promise<{ readonly state: HarvestTarget['state']; readonly mark: string }> {
  const { rows } = await client.query<Row>(
    `select held, token, cursor, seed, last_snapshot_at,
       concat_ws(' ', held, received, published_run, loaded_at, last_changed_at) as mark
     from guiji.dataset_state where dataset_id = $1`,
    [datasetId],
  )
  const row = rows[0]
  if (row === undefined) throw new Error(`dataset ${datasetId} has no state`)
  const { held, token, cursor, seed, mark } = row
  return { state: { held, token, cursor, seed, lastSnapshotAt: row.last_snapshot_at }, mark }
}
