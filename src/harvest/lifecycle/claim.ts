import type pg from 'pg'
import { GuijiError } from '../../errors/guiji-error.ts'
import { leaseSeconds } from '../../ledger/ledger.ts'
import { planRun, type RunPlan } from '../plan.ts'
import { type ClaimedRun, dropLoaded, forgetLoaded, runLock } from '../run-record.ts'
import type { HarvestTarget } from '../target.ts'
import { inTransaction } from '../transaction.ts'
import { basisOf, type Checkpoint } from './checkpoint.ts'
import { reapLost } from './reap.ts'
import type { RestartReason } from './resumption.ts'
import { readStanding } from './standing.ts'

export interface ClaimOptions {
  readonly worker: string
  readonly now: Date
  readonly full?: boolean
  readonly slotAt?: Date
  /** A lost run that was just found not to be what the source gives. */
  readonly instead?: Restart
}

/** The lost run in whose place a new one begins, and why it is not gone on with. */
export interface Restart {
  readonly run: bigint
  readonly because: RestartReason
}

/** A run that is this process's, and what it is to do. */
export interface Claim extends ClaimedRun {
  /** With the state the dataset has now that nobody else can move it. */
  readonly target: HarvestTarget
  readonly plan: RunPlan
  readonly basis: string
  /** The run was lost, and is to be gone on with. */
  readonly checkpoint?: Checkpoint
  readonly restart?: Restart
}

/** A run is gone on with so often at most: what kills its process each time must not go on for ever. */
const mostAttempts = 5

/**
 * Opens a run, one at a time per dataset by the primary key of guiji.active_run: the lost run of the dataset where it can be gone on with,
 * else the queued one, else a new one. Runs on which nobody works are declared lost before, and a parked run is
 * overtaken by this fresher one.
 *
 * @throws GuijiError RUN_ACTIVE
 */
export async function claimRun(
  client: pg.ClientBase,
  target: HarvestTarget,
  options: ClaimOptions,
): Promise<Claim> {
  await reapLost(client, target.datasetId)
  await overtakeParked(client, target, options.now)
  const lost = options.instead === undefined ? await findLost(client, target) : undefined
  if (lost === undefined) return await beginRun(client, target, options, options.instead)
  const resumed = lost.attempts < mostAttempts ? await resumeRun(client, target, lost, options) : undefined
  if (resumed !== undefined) return resumed
  const because = lost.attempts < mostAttempts ? 'basis-changed' : 'lost-too-often'
  return await beginRun(client, target, options, { run: lost.id, because })
}

interface Lost {
  readonly id: bigint
  readonly fence: bigint
  readonly checkpoint: Checkpoint
  readonly attempts: number
}

async function findLost(client: pg.ClientBase, { datasetId }: HarvestTarget): Promise<Lost | undefined> {
  const { rows } = await client.query<Lost>(
    `select id, fence, plan -> 'checkpoint' as checkpoint, jsonb_array_length(coalesce(plan -> 'attempts', '[]')) + 1
       as attempts
     from guiji.run where dataset_id = $1 and state = 'lost' and plan ? 'checkpoint' order by id desc limit 1`,
    [datasetId],
  )
  return rows[0]
}

/** Takes a lost run over, under its own number and a new fence; undefined where it was loaded on something else. */
async function resumeRun(
  client: pg.ClientBase,
  target: HarvestTarget,
  lost: Lost,
  options: ClaimOptions,
): Promise<Claim | undefined> {
  await client.query('begin')
  try {
    const { rows } = await client.query<{ fence: bigint }>(
      `update guiji.run set state = 'running', fence = fence + 1, worker = $3, slot_at = coalesce($4, slot_at),
         started_at = $5, finished_at = null, cause = null, error = null, held_after = null,
         lease_until = now() + interval '${leaseSeconds} seconds',
         plan = plan || jsonb_build_object('attempts', coalesce(plan -> 'attempts', '[]') || jsonb_build_object(
           'worker', worker, 'startedAt', started_at, 'lostAt', finished_at, 'read', read::text))
       where id = $1 and fence = $2 and state = 'lost' returning fence`,
      [lost.id, lost.fence, options.worker, options.slotAt ?? null, options.now],
    )
    const row = rows[0]
    if (row !== undefined) {
      const run = { runId: lost.id, fence: row.fence }
      const { plan, basis, current } = await planNow(client, target, options)
      if (basis === lost.checkpoint.basis) {
        await takeUp(client, run, plan)
        await client.query('commit')
        return { ...run, target: current, plan, basis, checkpoint: lost.checkpoint }
      }
    }
    await client.query('rollback')
    return undefined
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (isUniqueViolation(error)) throw await activeError(client, target)
    throw error
  }
}

/** The run becomes visible with its lock already held: nobody can take it for lost in between. */
async function beginRun(
  client: pg.ClientBase,
  target: HarvestTarget,
  options: ClaimOptions,
  restart: Restart | undefined,
): Promise<Claim> {
  return await inTransaction(client, async () => {
    const run = (await takeQueued(client, target, options)) ?? (await insertRun(client, target, options))
    if (run === undefined) throw await activeError(client, target)
    const { plan, basis, current } = await planNow(client, target, options)
    await takeUp(client, run, plan)
    for (const { id } of await lostRuns(client, target)) await forgetLoaded(client, id)
    if (restart === undefined) return { ...run, target: current, plan, basis }
    const { run: instead, because } = restart
    await client.query(
      `update guiji.run set plan = coalesce(plan, '{}') || jsonb_build_object('restarted', $2::jsonb) where id = $1`,
      [run.runId, JSON.stringify({ run: String(instead), because })],
    )
    return { ...run, target: current, plan, basis, restart }
  })
}

async function takeQueued(
  client: pg.ClientBase,
  { datasetId }: HarvestTarget,
  { worker, now, slotAt }: ClaimOptions,
): Promise<ClaimedRun | undefined> {
  const { rows } = await client.query<ClaimedRun>(
    `update guiji.run set state = 'running', worker = $2, started_at = $3, slot_at = coalesce(slot_at, $4),
       lease_until = now() + interval '${leaseSeconds} seconds'
     where id = (select id from guiji.run
       where id = (select run_id from guiji.active_run where dataset_id = $1) and state = 'queued'
       for update skip locked)
     returning id as "runId", fence`,
    [datasetId, worker, now, slotAt ?? null],
  )
  return rows[0]
}

async function insertRun(
  client: pg.ClientBase,
  { harvestId, datasetId, harvest }: HarvestTarget,
  { worker, now, slotAt }: ClaimOptions,
): Promise<ClaimedRun | undefined> {
  const { rows } = await client.query<ClaimedRun>(
    `with claimed as (
       insert into guiji.active_run (dataset_id, run_id, started_at) values ($2, guiji.new_run_id(), $6)
       on conflict (dataset_id) do nothing returning run_id)
     insert into guiji.run (id, harvest_id, dataset_id, slot_at, state, mode, worker, started_at, lease_until)
     select run_id, $1, $2, $3, 'running', $4, $5, $6, now() + interval '${leaseSeconds} seconds' from claimed
     returning id as "runId", fence`,
    [harvestId, datasetId, slotAt ?? null, harvest.mode, worker, now],
  )
  return rows[0]
}

/** What the run is to do, decided on the state that nobody else can move while it is under way. */
async function planNow(client: pg.ClientBase, target: HarvestTarget, options: ClaimOptions) {
  const { state, mark } = await readStanding(client, target.datasetId)
  const current: HarvestTarget = { ...target, state }
  const { now, full } = options
  const plan = planRun(current, { now, ...(full === undefined ? {} : { full }) })
  return { plan, basis: basisOf(current, plan, mark), current }
}

/** The run's mode, its lease and its session lock. */
async function takeUp(client: pg.ClientBase, { runId, fence }: ClaimedRun, { mode }: RunPlan): Promise<void> {
  await client.query(
    `update guiji.run set mode = $2, held_before = (select held from guiji.dataset_state t
       where t.dataset_id = run.dataset_id) where id = $1`,
    [runId, mode],
  )
  await client.query(
    `insert into guiji.lease (run_id, fence, until, progressed_at)
     values ($1, $2, clock_timestamp() + interval '${leaseSeconds} seconds', clock_timestamp())
     on conflict (run_id) do update set fence = excluded.fence, until = excluded.until,
       progressed_at = excluded.progressed_at, cancel_at = null, cancel_by = null`,
    [runId, fence],
  )
  await client.query(`select pg_advisory_lock(${runLock})`, [runId])
}

async function lostRuns(client: pg.ClientBase, { datasetId }: HarvestTarget): Promise<{ id: bigint }[]> {
  const { rows } = await client.query<{ id: bigint }>(
    `select id from guiji.run where dataset_id = $1 and state = 'lost' and plan ? 'checkpoint'`,
    [datasetId],
  )
  return rows
}

async function activeError(client: pg.ClientBase, target: HarvestTarget): Promise<GuijiError> {
  const { rows } = await client.query<{ id: bigint; worker: string | null }>(
    `select id, worker from guiji.run where id = (select run_id from guiji.active_run where dataset_id = $1)`,
    [target.datasetId],
  )
  return new GuijiError('RUN_ACTIVE', {
    dataset: target.dataset.code,
    run: rows[0]?.id ?? 0n,
    worker: rows[0]?.worker ?? '?',
  })
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

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505'
}
