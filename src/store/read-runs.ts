import type pg from 'pg'
import type { RunState } from '../../catalog-schema/control/tables/runs.ts'
import type { Contact } from '../../catalog-schema/documents/documents.ts'
import type { Accounts } from '../harvest/accounts.ts'
import type { RunSummary } from '../harvest/run-events.ts'
import type { Stage } from '../harvest/stage-times.ts'
import { newestFirst } from './newest-first.ts'

/** A run as it stands in the record. */
export interface RecordedRun extends Accounts {
  readonly run: bigint
  readonly dataset: string
  readonly name: string
  readonly department: string
  readonly contact: Contact | null
  readonly state: RunState
  readonly mode: string
  readonly lane: string | null
  readonly slotAt: Date | null
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly heldBefore: bigint | null
  readonly heldAfter: bigint | null
  readonly bytes: bigint
  readonly unchangedBy: string | null
  readonly cause: string | null
  readonly error: RecordedError | null
  /** Seconds by stage; absent for a run that published nothing it read. */
  readonly profile: Partial<Record<Stage, number>> | null
  /** Why the run waits for approval: counts as decimal texts. */
  readonly hold: { readonly vanished: string; readonly held: string } | null
  readonly worker: string | null
  /** The run was lost and gone on with: how much was committed before. */
  readonly resumed: RunSummary['resumed'] | null
  /** The lost run in whose place this one began, and why that was not gone on with. */
  readonly restarted: RunSummary['restarted'] | null
  /** The times it was lost before, oldest first. */
  readonly attempts: readonly LostAttempt[]
  /** It is lost, and the next run of its dataset goes on with it where the source is what it was. */
  readonly resumable: boolean
}

/** One time that a run was begun and lost; instants as PostgreSQL writes them in JSON, `read`: records committed by then. */
export interface LostAttempt {
  readonly worker: string | null
  readonly startedAt: string
  readonly lostAt: string
  readonly read: string
}

/** What stopped a run: a code of the error table with its details, or only a text. */
export interface RecordedError {
  readonly code?: string
  readonly details?: Readonly<Record<string, string | number | boolean>>
  readonly fact?: string
}

const columns = `r.id as run, d.code as dataset, d.name, d.department, p.contact, r.state, r.mode, r.lane,
  r.slot_at as "slotAt", r.started_at as "startedAt", r.finished_at as "finishedAt",
  r.held_before as "heldBefore", r.held_after as "heldAfter", r.bytes, r.unchanged_by as "unchangedBy", r.cause,
  nullif(r.error, 'null') as error, r.profile, r.plan -> 'hold' as hold,
  r.worker, r.plan -> 'resumed' as resumed, r.plan -> 'restarted' as restarted,
  coalesce(r.plan -> 'attempts', '[]') as attempts,
  r.state = 'lost' and coalesce(r.plan ? 'checkpoint', false) as resumable,
  r.read, r.accepted, r.inserted, r.updated, r.unchanged, r.deleted, r.restored, r.rejected, r.duplicate`

const tables = `guiji.run r join guiji.dataset d on d.id = r.dataset_id join guiji.department p on p.code = d.department`

/** The newest runs first, of one dataset or of all. */
export async function readRuns(
  pool: pg.Pool,
  options: { readonly datasetId?: bigint; readonly limit: number },
): Promise<RecordedRun[]> {
  const { datasetId, limit } = options
  return await newestFirst(pool, limit, async (since) => {
    const { rows } = await pool.query<RecordedRun>(
      `select ${columns} from ${tables}
       where r.id >= $2 and ${datasetId === undefined ? 'true' : 'r.dataset_id = $3'} order by r.id desc limit $1`,
      datasetId === undefined ? [limit, since] : [limit, since, datasetId],
    )
    return rows
  })
}

/** The runs of these numbers, in their order. */
export async function readRunsById(pool: pg.Pool, ids: readonly bigint[]): Promise<RecordedRun[]> {
  const { rows } = await pool.query<RecordedRun>(
    `select ${columns} from ${tables} where r.id = any ($1::bigint[]) order by d.department, d.code, r.id`,
    [ids],
  )
  return rows
}

export interface LastRun {
  readonly run: bigint
  readonly state: RunState
  readonly startedAt: Date
}

/** The newest run of every dataset that has one, by dataset. */
export async function lastRuns(pool: pg.Pool): Promise<Map<bigint, LastRun>> {
  const { rows } = await pool.query<LastRun & { dataset: bigint }>(
    `select d.id as dataset, r.id as run, r.state, r.started_at as "startedAt"
     from guiji.dataset d cross join lateral (
       select id, state, started_at from guiji.run where dataset_id = d.id order by id desc limit 1) r`,
  )
  return new Map(rows.map(({ dataset, ...last }) => [dataset, last]))
}
