import type pg from 'pg'
import { GuijiError } from '../errors/guiji-error.ts'
import { leaseSeconds } from '../ledger/ledger.ts'
import { qualified } from '../store/identifiers.ts'
import type { HarvestTarget } from './target.ts'
import { inTransaction } from './transaction.ts'

/** Key of the session lock that a live run holds: free means its process or its connection is gone. */
const lockKey = `hashtextextended('guiji run ' || $1::text, 0)`

export interface ClaimedRun {
  readonly runId: bigint
  readonly fence: bigint
}

export interface ClaimOptions {
  readonly mode: string
  readonly worker: string
  readonly now: Date
  readonly slotAt?: Date
}

/**
 * Opens a run: one at a time per dataset, by the primary key of `guiji.active_run`. A run whose process died is first declared lost, what
 * it had loaded is dropped, and a parked run is overtaken by this fresher one.
 */
export async function claimRun(
  client: pg.ClientBase,
  target: HarvestTarget,
  options: ClaimOptions,
): Promise<ClaimedRun> {
  await reapLost(client, target)
  await overtakeParked(client, target, options.now)
  return await inTransaction(client, () => insertRun(client, target, options))
}

/** The run becomes visible with its lock already held: nobody can take it for lost in between. */
async function insertRun(
  client: pg.ClientBase,
  target: HarvestTarget,
  options: ClaimOptions,
): Promise<ClaimedRun> {
  const { rows } = await client.query<{ id: bigint; fence: bigint }>(
    `with claimed as (
       insert into guiji.active_run (dataset_id, run_id, started_at) values ($2, guiji.new_run_id(), $6)
       on conflict (dataset_id) do nothing returning run_id)
     insert into guiji.run (id, harvest_id, dataset_id, slot_at, state, mode, worker, started_at, lease_until, held_before)
     select run_id, $1, $2, $3, 'running', $4, $5, $6, now() + interval '${leaseSeconds} seconds',
       (select held from guiji.dataset_state where dataset_id = $2)
     from claimed returning id, fence`,
    [target.harvestId, target.datasetId, options.slotAt ?? null, options.mode, options.worker, options.now],
  )
  const row = rows[0]
  if (row === undefined) throw await activeError(client, target)
  await client.query(`select pg_advisory_lock(${lockKey})`, [row.id])
  return { runId: row.id, fence: row.fence }
}

export async function releaseRun(client: pg.ClientBase, runId: bigint): Promise<void> {
  await client.query(`select pg_advisory_unlock(${lockKey})`, [runId])
}

async function activeError(client: pg.ClientBase, target: HarvestTarget): Promise<GuijiError> {
  const { rows } = await client.query<{ id: bigint; worker: string | null }>(
    `select id, worker from guiji.run where dataset_id = $1 and state in ('queued', 'running', 'publishing')`,
    [target.datasetId],
  )
  return new GuijiError('RUN_ACTIVE', {
    dataset: target.dataset.code,
    run: rows[0]?.id ?? 0n,
    worker: rows[0]?.worker ?? '?',
  })
}

/** Declares runs lost whose session lock is free: nobody works on them. Their fence moves on, so no zombie writes. */
async function reapLost(client: pg.ClientBase, target: HarvestTarget): Promise<void> {
  const { rows } = await client.query<{ id: bigint }>(
    `select run_id as id from guiji.active_run where dataset_id = $1`,
    [target.datasetId],
  )
  for (const { id } of rows) {
    const free = await client.query<{ free: boolean }>(`select pg_try_advisory_lock(${lockKey}) as free`, [
      id,
    ])
    if (free.rows[0]?.free !== true) continue
    await client.query(
      `update guiji.run set state = 'lost', fence = fence + 1, finished_at = clock_timestamp(),
         cause = 'platform-failed', held_after = held_before, lease_until = null
       where id = $1 and state in ('running', 'publishing')`,
      [id],
    )
    await countOpenRejects(client, id)
    await dropLoaded(client, id)
    await client.query(`select pg_advisory_unlock(${lockKey})`, [id])
  }
}

async function overtakeParked(client: pg.ClientBase, target: HarvestTarget, now: Date): Promise<void> {
  const { rows } = await client.query<{ id: bigint }>(
    'select run_id as id from guiji.parked_run where dataset_id = $1 order by run_id',
    [target.datasetId],
  )
  for (const { id } of rows) {
    const { rowCount } = await client.query(
      `update guiji.run set state = 'refused', cause = 'overtaken', finished_at = $2
       where id = $1 and state = 'awaiting-approval'`,
      [id, now],
    )
    if (rowCount === 1) await dropLoaded(client, id)
  }
}

/** Drops everything a run had loaded and not published. */
export async function dropLoaded(client: pg.ClientBase, runId: bigint): Promise<void> {
  const names = ['', '_unseen', '_vanished'].map((suffix) => qualified('load', `r${runId}${suffix}`))
  await client.query(`drop table if exists ${names.join(', ')}`)
}

/** Ends a run that published nothing. */
export async function endRun(
  client: pg.ClientBase,
  run: ClaimedRun,
  end: {
    readonly state: 'failed' | 'partial' | 'cancelled'
    readonly now: Date
    readonly cause: string | null
    readonly complete: boolean
    readonly error?: unknown
  },
): Promise<void> {
  await client.query(
    `update guiji.run set state = $3, finished_at = $4, cause = $5, complete = $6, error = $7,
       held_after = held_before, lease_until = null
     where id = $1 and fence = $2 and state in ('running', 'publishing')`,
    [run.runId, run.fence, end.state, end.now, end.cause, end.complete, JSON.stringify(end.error ?? null)],
  )
  await countOpenRejects(client, run.runId)
  await dropLoaded(client, run.runId)
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
