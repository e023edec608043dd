import type pg from 'pg'
import type { DatasetDocument, HarvestDocument } from '../../../catalog-schema/documents/documents.ts'
import { GuijiError } from '../../errors/guiji-error.ts'
import { leaseSeconds } from '../../ledger/ledger.ts'
import { layoutOf } from '../../store/layout.ts'
import { mappingOf } from '../encode/record-encoder.ts'
import { prepareSession } from '../lend-connection.ts'
import type { HarvestEngine } from '../run.ts'
import type { RunSummary } from '../run-events.ts'
import { dropLoaded, releaseRun } from '../run-record.ts'
import { readSummary } from '../run-summary.ts'
import { seedOf } from '../seed.ts'
import { StageTimes } from '../stage-times.ts'
import { inTransaction } from '../transaction.ts'
import { settleApproved } from './settle.ts'
import type { LoadEnd, Settlement } from './settlement.ts'

export interface Decision {
  /** Who decides; kept with the run. */
  readonly by: string
}

interface ParkedRun {
  readonly state: string
  readonly dataset_id: bigint
  readonly department: string
  readonly dataset: DatasetDocument
  readonly harvest: HarvestDocument
  readonly end: LoadEnd | null
}

/**
 * Publishes a run that waits for approval: what vanished from its source moves to the gone twin.
 *
 * @throws GuijiError RUN_UNKNOWN, RUN_NOT_WAITING, RUN_ACTIVE, RUN_STAGE_LOST where items or mapping have changed
 * since it was loaded. The run then waits as before.
 */
export async function approveRun(
  engine: HarvestEngine,
  runId: bigint,
  decision: Decision,
): Promise<RunSummary> {
  const client = await engine.pool.connect()
  try {
    const parked = await readParked(client, runId)
    const end = requireSameSeed(parked, runId)
    const fence = await claim(client, runId, parked, engine.worker)
    try {
      await prepareSession(client, parked.dataset.commitment.timeZone)
      await settleApproved(settlementOf(client, { runId, fence, parked, end, now: new Date(engine.clock()) }))
    } catch (error) {
      await parkAgain(client, runId, fence)
      throw error
    } finally {
      await client.query(`reset random_page_cost; set timezone to 'UTC'`)
      await releaseRun(client, runId)
    }
    await keepDecision(client, runId, { approved: true, ...decision, at: new Date(engine.clock()) })
    return await readSummary(client, runId)
  } finally {
    client.release()
  }
}

/** Discards a run that waits for approval: the published rows stay as they are. Throws as `approveRun` does. */
export async function refuseRun(
  engine: HarvestEngine,
  runId: bigint,
  decision: Decision,
): Promise<RunSummary> {
  const client = await engine.pool.connect()
  try {
    await readParked(client, runId)
    const now = new Date(engine.clock())
    await inTransaction(client, async () => {
      const { rowCount } = await client.query(
        `update guiji.run set state = 'refused', fence = fence + 1, finished_at = $2,
           cause = case when cause = 'awaiting-approval' then 'held-by-checks' else cause end
         where id = $1 and state = 'awaiting-approval'`,
        [runId, now],
      )
      if (rowCount !== 1) throw await notWaiting(client, runId)
      await dropLoaded(client, runId)
      await keepDecision(client, runId, { approved: false, ...decision, at: now })
    })
    return await readSummary(client, runId)
  } finally {
    client.release()
  }
}

async function readParked(client: pg.ClientBase, runId: bigint): Promise<ParkedRun> {
  const { rows } = await client.query<ParkedRun>(
    `select r.state, r.dataset_id, d.department, d.definition as dataset, h.definition as harvest, r.plan -> 'end' as end
     from guiji.run r join guiji.dataset d on d.id = r.dataset_id join guiji.harvest h on h.id = r.harvest_id
     where r.id = $1`,
    [runId],
  )
  const parked = rows[0]
  if (parked === undefined) throw new GuijiError('RUN_UNKNOWN', { run: runId })
  if (parked.state !== 'awaiting-approval')
    throw new GuijiError('RUN_NOT_WAITING', { run: runId, state: parked.state })
  return parked
}

async function notWaiting(client: pg.ClientBase, runId: bigint): Promise<GuijiError> {
  const { rows } = await client.query<{ state: string }>('select state from guiji.run where id = $1', [runId])
  return new GuijiError('RUN_NOT_WAITING', { run: runId, state: rows[0]?.state ?? '?' })
}

/** What was loaded under other items or another mapping is not what the dataset's table holds now. */
function requireSameSeed({ dataset, harvest, end }: ParkedRun, run: bigint): LoadEnd {
  const fields = [...new Set(dataset.items.map((item) => mappingOf(harvest, item.code).from))]
  if (end?.seed.startsWith(seedOf(dataset, harvest, fields)) === true) return end
  const equation = 'items or mapping were changed after it was loaded'
  throw new GuijiError('RUN_STAGE_LOST', { run, dataset: dataset.code, equation })
}

/** Takes the run for this connection: its lock first, so that nobody can take it for lost, then its fence. */
async function claim(
  client: pg.ClientBase,
  runId: bigint,
  { dataset, dataset_id }: ParkedRun,
  worker: string,
): Promise<bigint> {
  await client.query(`select pg_advisory_lock(hashtextextended('guiji run ' || $1::text, 0))`, [runId])
  try {
    const { rows } = await client.query<{ fence: bigint }>(
      `update guiji.run set state = 'running', fence = fence + 1, worker = $2,
         lease_until = now() + interval '${leaseSeconds} seconds'
       where id = $1 and state = 'awaiting-approval' returning fence`,
      [runId, worker],
    )
    const row = rows[0]
    if (row === undefined) throw await notWaiting(client, runId)
    return row.fence
  } catch (error) {
    await releaseRun(client, runId)
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== '23505') throw error
    throw await activeError(client, dataset.code, dataset_id)
  }
}

async function activeError(client: pg.ClientBase, dataset: string, datasetId: bigint): Promise<GuijiError> {
  const { rows } = await client.query<{ id: bigint; worker: string | null }>(
    `select id, worker from guiji.run where dataset_id = $1 and state in ('queued', 'running', 'publishing')`,
    [datasetId],
  )
  return new GuijiError('RUN_ACTIVE', { dataset, run: rows[0]?.id ?? 0n, worker: rows[0]?.worker ?? '?' })
}

/** A settlement that failed left nothing behind: the run waits again, for a second try or for a refusal. */
async function parkAgain(client: pg.ClientBase, runId: bigint, fence: bigint): Promise<void> {
  // A lost connection leaves the run to be declared lost by the next harvest; the first error is the one that tells.
  await client
    .query(
      `update guiji.run set state = 'awaiting-approval', lease_until = null
       where id = $1 and fence = $2 and state = 'running'`,
      [runId, fence],
    )
    .catch(() => {})
}

function settlementOf(
  client: pg.ClientBase,
  run: {
    readonly runId: bigint
    readonly fence: bigint
    readonly parked: ParkedRun
    readonly end: LoadEnd
    readonly now: Date
  },
): Settlement {
  const { runId, fence, parked, end, now } = run
  return {
    client,
    runId,
    fence,
    times: new StageTimes(),
    datasetId: parked.dataset_id,
    dataset: { ...parked.dataset, department: parked.department },
    harvest: parked.harvest,
    layout: layoutOf(parked.dataset),
    now,
    end,
  }
}

async function keepDecision(
  client: pg.ClientBase,
  runId: bigint,
  decision: Decision & { readonly approved: boolean; readonly at: Date },
): Promise<void> {
  await client.query(
    `update guiji.run set plan = coalesce(plan, '{}') || jsonb_build_object('decision', $2::jsonb) where id = $1`,
    [runId, JSON.stringify(decision)],
  )
}
