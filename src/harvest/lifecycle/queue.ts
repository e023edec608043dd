import type pg from 'pg'
import { GuijiError } from '../../errors/guiji-error.ts'
import { errorRecord } from '../error-record.ts'
import type { HarvestTarget } from '../target.ts'

type Asked = Pick<HarvestTarget, 'harvestId' | 'datasetId'>

export interface QueueOptions {
  readonly mode: string
  readonly now: Date
  readonly slotAt?: Date
}

/**
 * Puts a run on record that somebody is to begin: whoever next claims the dataset takes it, one of them only. Call it
 * in the transaction that takes the slot, so that no slot is taken without a run.
 *
 * @returns the run's number; undefined where the dataset has a run queued or under way already
 */
export async function queueRun(
  client: pg.ClientBase,
  { harvestId, datasetId }: Asked,
  { mode, now, slotAt }: QueueOptions,
): Promise<bigint | undefined> {
  const { rows } = await client.query<{ id: bigint }>(
    `with claimed as (
       insert into guiji.active_run (dataset_id, run_id, started_at) values ($2, guiji.new_run_id(), $5)
       on conflict (dataset_id) do nothing returning run_id)
     insert into guiji.run (id, harvest_id, dataset_id, slot_at, state, mode, started_at, held_before)
     select run_id, $1, $2, $3, 'queued', $4, $5, (select held from guiji.dataset_state where dataset_id = $2)
     from claimed returning id`,
    [harvestId, datasetId, slotAt ?? null, mode, now],
  )
  return rows[0]?.id
}

/** Puts on record that a run was wanted and could not even begin, and why. */
export async function recordNotBegun(
  client: pg.ClientBase,
  { harvestId, datasetId }: Asked,
  options: QueueOptions & { readonly worker: string; readonly error: unknown },
): Promise<void> {
  const { error, now } = options
  const known = error instanceof GuijiError ? error : undefined
  const record = known === undefined ? { code: 'UNEXPECTED', fact: String(error) } : errorRecord(known)
  await client.query(
    `insert into guiji.run (harvest_id, dataset_id, slot_at, state, mode, worker, started_at, finished_at,
       held_before, held_after, cause, error)
     select $1, $2, $3, 'failed', $4, $5, $6, $6, t.held, t.held, 'platform-did-not-run', $7
     from guiji.dataset_state t where t.dataset_id = $2`,
    [harvestId, datasetId, options.slotAt ?? null, options.mode, options.worker, now, JSON.stringify(record)],
  )
}
