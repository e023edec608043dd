import type pg from 'pg'
import { countOpenRejects, forgetLoaded, runLock } from '../run-record.ts'
import { inTransaction } from '../transaction.ts'
import { sessionName, sessionsNamed } from './session-name.ts'

export interface LostRun {
  readonly runId: bigint
  readonly datasetId: bigint
  /** The records whose chunks are kept: the next run of the dataset goes on behind them. */
  readonly kept: bigint
}

/** Days for which a lost run waits to be gone on with. */
const keepDays = 3

interface Suspect {
  readonly id: bigint
  readonly dataset_id: bigint
  readonly fence: bigint
  /** Its lease ran out: by the store's own clock, whatever those of the machines say. */
  readonly expired: boolean
}

/**
 * Declares runs lost on which nobody works any more, of one dataset or of all: those whose session lock is free, since
 * their process or its connection is gone, and those whose lease ran out, however alive their process may look. The
 * sessions of the latter are ended and their fence moves on, so that a process which comes to again writes nothing.
 *
 * What such a run had committed stays for the run that goes on with it; a run that had committed nothing leaves nothing.
 * Whoever claims a run, ticks or shows runs calls this; any number may at once.
 */
export async function reapLost(client: pg.ClientBase, datasetId?: bigint): Promise<LostRun[]> {
  const { rows } = await client.query<Suspect>(
    `select r.id, r.dataset_id, r.fence,
       l.run_id is not null and greatest(l.until, r.lease_until) < clock_timestamp() as expired
     from guiji.active_run a join guiji.run r on r.id = a.run_id
       left join guiji.lease l on l.run_id = r.id and l.fence = r.fence
     where r.state in ('running', 'publishing') and ($1::bigint is null or a.dataset_id = $1) order by r.id`,
    [datasetId ?? null],
  )
  const lost: LostRun[] = []
  for (const suspect of rows) {
    const name = sessionName({ runId: suspect.id, fence: suspect.fence })
    if (suspect.expired) await endSessions(client, name)
    const { rows } = await client.query<{ free: boolean }>(
      `select pg_try_advisory_lock(${runLock}) as free`,
      [suspect.id],
    )
    if (rows[0]?.free !== true) continue
    try {
      // Its other session, where it has one, may not have noticed yet.
      await endSessions(client, name)
      const declared = await inTransaction(client, () => declareLost(client, suspect))
      if (declared !== undefined) lost.push(declared)
    } finally {
      await client.query(`select pg_advisory_unlock(${runLock})`, [suspect.id])
    }
  }
  await forgetOld(client, datasetId)
  return lost
}

/** The same for all datasets, by whoever ticks or looks. */
export async function reapLostRuns(pool: pg.Pool): Promise<LostRun[]> {
  const client = await pool.connect()
  try {
    return await reapLost(client)
  } finally {
    client.release()
  }
}

/** What a lost run had loaded is not kept for ever for a next run that does not come. */
async function forgetOld(client: pg.ClientBase, datasetId: bigint | undefined): Promise<void> {
  const { rows } = await client.query<{ id: bigint }>(
    `select r.id from guiji.run r join guiji.harvest h on h.id = r.harvest_id
     where r.state = 'lost' and r.plan ? 'checkpoint' and ($1::bigint is null or r.dataset_id = $1)
       and (r.finished_at < now() - interval '${keepDays} days' or h.retired_at is not null)`,
    [datasetId ?? null],
  )
  for (const { id } of rows) await inTransaction(client, () => forgetLoaded(client, id))
}

/** Ends the sessions of a run and waits, for a moment, until they are gone. */
export async function endSessions(client: pg.ClientBase, name: string): Promise<void> {
  await client.query(
    `select pg_terminate_backend(a.pid, 5000) from pg_stat_activity a where ${sessionsNamed('$1')}`,
    [name],
  )
}

/** Undefined: the run ended, or went to another, in the meantime. */
async function declareLost(client: pg.ClientBase, suspect: Suspect): Promise<LostRun | undefined> {
  const { id, fence, dataset_id: datasetId } = suspect
  const { rows } = await client.query<{ kept: bigint }>(
    `update guiji.run set state = 'lost', fence = fence + 1, finished_at = clock_timestamp(),
       cause = 'platform-failed', held_after = held_before, lease_until = null
     where id = $1 and fence = $2 and state in ('running', 'publishing')
     returning case when plan ? 'checkpoint' then read else 0 end as kept`,
    [id, fence],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  await client.query('delete from guiji.lease where run_id = $1', [id])
  await countOpenRejects(client, id)
  if (row.kept === 0n) await forgetLoaded(client, id)
  return { runId: id, datasetId, kept: row.kept }
}
