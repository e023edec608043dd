import type pg from 'pg'
import type { CircuitState } from './circuit.ts'

/** Keeps the state of a source's circuit; the last process to say something is the one that is believed. */
export async function recordHealth(
  db: pg.Pool | pg.ClientBase,
  source: string,
  state: CircuitState,
  by: { readonly worker: string; readonly now: Date },
): Promise<void> {
  const instant = (at: number | undefined) => (at === undefined ? null : new Date(at))
  await db.query(
    `insert into guiji.source_health (source, state, failures, code, cause, since, until, worker, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (source) do update set state = excluded.state, failures = excluded.failures, code = excluded.code,
       cause = excluded.cause, since = excluded.since, until = excluded.until, worker = excluded.worker, at = excluded.at`,
    [
      source,
      state.state === 'closed' ? 'closed' : 'open',
      state.failures,
      state.code ?? null,
      state.cause ?? null,
      instant(state.since),
      instant(state.until),
      by.worker,
      by.now,
    ],
  )
}

/** A source that is being left alone. */
export interface TroubledSource {
  readonly source: string
  readonly failures: number
  readonly code: string
  readonly cause: string | null
  readonly since: Date
  /** The next reading is tried from then on. */
  readonly until: Date
}

/** Sources that a process leaves alone now. */
export async function readTroubled(db: pg.Pool | pg.ClientBase, now: Date): Promise<TroubledSource[]> {
  const { rows } = await db.query<TroubledSource>(
    `select h.source, h.failures, h.code, h.cause, h.since, h.until
     from guiji.source_health h join guiji.source s on s.code = h.source
     where h.state = 'open' and h.until > $1 and s.retired_at is null order by h.source`,
    [now],
  )
  return rows
}
