import type pg from 'pg'
import { GuijiError } from '../../errors/guiji-error.ts'
import { errorRecord } from '../error-record.ts'
import { type ClaimedRun, countOpenRejects, dropLoaded, runLock } from '../run-record.ts'
import { inTransaction } from '../transaction.ts'
import { cancelChannel } from './lifeline.ts'
import { endSessions } from './reap.ts'
import { sessionName } from './session-name.ts'

export interface Cancelling {
  /** Who wants it; kept with the run. */
  readonly by: string
  /** How long the run's own process gets to end it in order. Default 10 seconds. */
  readonly patience?: number
  readonly sleep: (milliseconds: number) => Promise<void>
}

interface Found {
  readonly runId: bigint
  readonly fence: bigint
  readonly state: string
  readonly dataset: string
  /** Lost, and kept to be gone on with. */
  readonly resumable: boolean
}

const pollMilliseconds = 100
const defaultPatience = 10_000

/**
 * Ends a run as cancelled, wherever it is worked on: what is queued, parked or waits to be gone on with at once; a run
 * under way is told so, its own process stops requests and statements and writes the end down. A process that does not
 * answer loses the run. Nothing of it is published. Asking twice is asking once: the first to ask is on record.
 *
 * @throws GuijiError RUN_UNKNOWN, RUN_ENDED where the run had come to another end
 */
export async function cancelRun(pool: pg.Pool, runId: bigint, options: Cancelling): Promise<void> {
  const client = await pool.connect()
  try {
    for (let waited = 0; ; waited += pollMilliseconds) {
      const run = await findRun(client, runId)
      if (run.state === 'cancelled') return
      if (isAtRest(run)) {
        if (await endAtRest(client, run, options)) return
        continue
      }
      if (run.state !== 'running' && run.state !== 'publishing') throw ended(run)
      await ask(client, run, options)
      const patient = waited < (options.patience ?? defaultPatience)
      if (patient && (await isAlive(client, run))) await options.sleep(pollMilliseconds)
      else if (await takeAway(client, run)) return
    }
  } finally {
    client.release()
  }
}

async function findRun(client: pg.ClientBase, runId: bigint): Promise<Found> {
  const { rows } = await client.query<Found>(
    `select r.id as "runId", r.fence, r.state, d.code as dataset,
       r.state = 'lost' and coalesce(r.plan ? 'checkpoint', false) as resumable
     from guiji.run r join guiji.dataset d on d.id = r.dataset_id where r.id = $1`,
    [runId],
  )
  const run = rows[0]
  if (run === undefined) throw new GuijiError('RUN_UNKNOWN', { run: runId })
  return run
}

function ended({ runId, state, dataset }: Found): GuijiError {
  return new GuijiError('RUN_ENDED', { run: runId, state, dataset })
}

/** Nobody works on it. */
function isAtRest({ state, resumable }: Found): boolean {
  return state === 'queued' || state === 'awaiting-approval' || resumable
}

/** False: the run moved in the meantime. */
async function endAtRest(client: pg.ClientBase, run: Found, { by }: Cancelling): Promise<boolean> {
  return await inTransaction(client, async () => {
    const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now')
    const now = rows[0]?.now ?? new Date(0)
    const { rowCount } = await client.query(
      `update guiji.run set ${cancelled} where id = $1 and fence = $2 and state = $5`,
      [run.runId, run.fence, now, cancelledError(run, { by, at: now }), run.state],
    )
    if (rowCount !== 1) return false
    await countOpenRejects(client, run.runId)
    await dropLoaded(client, run.runId)
    return true
  })
}

/** $3: the instant, $4: the error that tells who and when. */
const cancelled = `state = 'cancelled', fence = fence + 1, finished_at = $3, cause = null, error = $4::jsonb,
  complete = false, held_after = held_before, lease_until = null, plan = plan - 'checkpoint'`

function cancelledError({ runId: run, dataset }: Found, { by, at }: { by: string; at: Date }): string {
  return JSON.stringify(
    errorRecord(new GuijiError('RUN_CANCELLED', { run, dataset, by, at: at.toISOString() })),
  )
}

/** Leaves word for the process that works on the run, and tells it at once where it listens. */
async function ask(client: pg.ClientBase, { runId, fence }: ClaimedRun, { by }: Cancelling): Promise<void> {
  const { rowCount } = await client.query(
    `insert into guiji.lease as lease (run_id, fence, until, progressed_at, cancel_at, cancel_by)
     values ($1, $2, clock_timestamp() + interval '1 minute', clock_timestamp(), clock_timestamp(), $3)
     on conflict (run_id) do update set cancel_at = excluded.cancel_at, cancel_by = excluded.cancel_by
     where lease.cancel_at is null and lease.fence = excluded.fence`,
    [runId, fence, by],
  )
  if (rowCount === 1) await client.query('select pg_notify($1, $2)', [cancelChannel, String(runId)])
}

/** Whether a process still holds the run's session lock. */
async function isAlive(client: pg.ClientBase, { runId }: ClaimedRun): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>(`select pg_try_advisory_lock(${runLock}) as free`, [
    runId,
  ])
  if (rows[0]?.free !== true) return true
  await client.query(`select pg_advisory_unlock(${runLock})`, [runId])
  return false
}

/** The process does not answer, or is gone: its sessions are ended, its fence moves on, and the end is written for it. */
async function takeAway(client: pg.ClientBase, run: Found): Promise<boolean> {
  await endSessions(client, sessionName(run))
  return await inTransaction(client, async () => {
    const { rows } = await client.query<{ by: string | null; at: Date | null }>(
      'delete from guiji.lease where run_id = $1 and fence = $2 returning cancel_by as by, cancel_at as at',
      [run.runId, run.fence],
    )
    const at = rows[0]?.at ?? new Date(0)
    const { rowCount } = await client.query(
      `update guiji.run set ${cancelled} where id = $1 and fence = $2 and state in ('running', 'publishing')`,
      [run.runId, run.fence, at, cancelledError(run, { by: rows[0]?.by ?? '?', at })],
    )
    if (rowCount !== 1) return false
    await countOpenRejects(client, run.runId)
    await dropLoaded(client, run.runId)
    return true
  })
}
