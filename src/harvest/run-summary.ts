import type pg from 'pg'
import { type ErrorCode, errorTable, GuijiError } from '../errors/guiji-error.ts'
import { type Accounts, accountNames } from './accounts.ts'
import type { RunSummary } from './run-events.ts'

interface Row extends Accounts {
  readonly code: string
  readonly id: bigint
  readonly state: string
  readonly lane: string | null
  readonly mode: string
  readonly held_before: bigint | null
  readonly held_after: bigint | null
  readonly seconds: number | null
  readonly unchanged_by: string | null
  readonly cause: string | null
  readonly plan: Pick<RunSummary, 'resumed' | 'restarted'> | null
  readonly error: { code?: string; fact?: string; details?: Record<string, string> } | null
}

/** A run as it is reported: read back from its record, so that every report of it says the same. */
export async function readSummary(db: pg.ClientBase | pg.Pool, runId: bigint): Promise<RunSummary> {
  const { rows } = await db.query<Row>(
    `select d.code, r.*, extract(epoch from r.finished_at - r.started_at)::float8 as seconds
     from guiji.run r join guiji.dataset d on d.id = r.dataset_id where r.id = $1`,
    [runId],
  )
  const row = rows[0]
  if (row === undefined) throw new GuijiError('RUN_UNKNOWN', { run: runId })
  const counts = Object.fromEntries(accountNames.map((name) => [name, String(row[name])])) as Record<
    keyof Accounts,
    string
  >
  return {
    dataset: row.code,
    run: String(row.id),
    state: row.state,
    lane: row.lane,
    mode: row.mode,
    ...counts,
    heldBefore: String(row.held_before ?? 0n),
    heldAfter: String(row.held_after ?? 0n),
    seconds: Math.round((row.seconds ?? 0) * 1000) / 1000,
    ...(row.unchanged_by === null ? {} : { unchangedBy: row.unchanged_by }),
    ...(row.plan?.resumed === undefined ? {} : { resumed: row.plan.resumed }),
    ...(row.plan?.restarted === undefined ? {} : { restarted: row.plan.restarted }),
    cause: row.cause,
    ...(row.error === null ? {} : { error: describeError(row.error) }),
  }
}

function describeError(error: NonNullable<Row['error']>) {
  const code = error.code ?? 'UNEXPECTED'
  if (!Object.hasOwn(errorTable, code)) return { code, fact: error.fact ?? '', hint: '' }
  const known = new GuijiError(code as ErrorCode, error.details ?? {})
  return { code, fact: known.fact('en'), hint: known.hint('en') }
}
