import type pg from 'pg'
import { GuijiError } from '../errors/guiji-error.ts'
import { qualified } from '../store/identifiers.ts'
import { dropPages } from './known/listing-pages.ts'

/** Key of the session lock that a live run ($1) holds: free means its process or its connection is gone. */
export const runLock = `hashtextextended('guiji run ' || $1::text, 0)`

export interface ClaimedRun {
  readonly runId: bigint
  readonly fence: bigint
}

export async function releaseRun(client: pg.ClientBase, runId: bigint): Promise<void> {
  await client.query(`select pg_advisory_unlock(${runLock})`, [runId])
}

/** Drops everything a run had loaded and not published. */
export async function dropLoaded(client: pg.ClientBase, runId: bigint): Promise<void> {
  const names = ['', '_unseen', '_vanished'].map((suffix) => qualified('load', `r${runId}${suffix}`))
  await client.query(`drop table if exists ${names.join(', ')}`)
  await dropPages(client, runId)
}

/** Drops what a run had loaded, and that it could be gone on with. */
export async function forgetLoaded(client: pg.ClientBase, runId: bigint): Promise<void> {
  await client.query(
    `update guiji.run set plan = plan - 'checkpoint' where id = $1 and plan ? 'checkpoint'`,
    [runId],
  )
  await dropLoaded(client, runId)
}

export interface RunEnd {
  readonly state: 'failed' | 'partial' | 'cancelled' | 'lost'
  readonly now: Date
  readonly cause: string | null
  readonly complete: boolean
  readonly error?: unknown
}

/**
 * Ends a run that published nothing.
 *
 * @throws GuijiError RUN_FENCED where the run is not this process's any more: then nothing is written or dropped
 */
export async function endRun(client: pg.ClientBase, run: ClaimedRun, end: RunEnd): Promise<void> {
  const { rowCount } = await client.query(
    `update guiji.run set state = $3, finished_at = $4, cause = $5, complete = $6, error = $7,
       held_after = held_before, lease_until = null, plan = plan - 'checkpoint'
     where id = $1 and fence = $2 and state in ('running', 'publishing')`,
    [run.runId, run.fence, end.state, end.now, end.cause, end.complete, JSON.stringify(end.error ?? null)],
  )
  if (rowCount !== 1) throw await fencedError(client, run.runId)
  await countOpenRejects(client, run.runId)
  await dropLoaded(client, run.runId)
}

async function fencedError(client: pg.ClientBase, runId: bigint): Promise<GuijiError> {
  const { rows } = await client.query<{ code: string }>(
    'select d.code from guiji.run r join guiji.dataset d on d.id = r.dataset_id where r.id = $1',
    [runId],
  )
  return new GuijiError('RUN_FENCED', { run: runId, dataset: rows[0]?.code ?? '?' })
}

/** Rejects are on record as soon as they are met; the dataset's number of them says so. */
export async function countOpenRejects(client: pg.ClientBase, runId: bigint): Promise<void> {
  await client.query(
    `update guiji.dataset_state t set open_rejects =
       (select count(*) from guiji.reject r where r.dataset_id = t.dataset_id and r.closed_at is null)
     where t.dataset_id = (select dataset_id from guiji.run where id = $1)`,
    [runId],
  )
}
