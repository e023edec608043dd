import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { leaseSeconds } from '../../ledger/ledger.ts'
import { valueTypes } from '../../store/server/value-types.ts'
import { type Beat, HeldRun, type Pulse, type RunAtWork } from './held-run.ts'
import { sessionName, sessionsNamed } from './session-name.ts'

/** A lease is renewed this often: it survives five beats that did not come through. */
const beatMilliseconds = (leaseSeconds * 1000) / 6
/** After a beat that failed, and while statements of an ended run are still to be interrupted. */
const soon = { beat: 2000, interrupt: 100 }

/** Told with the run's number when somebody wants it to end. */
export const cancelChannel = 'guiji_cancel'

/** A run that this process keeps alive. Disposing of it ends that. */
export interface RunHold extends Pulse, AsyncDisposable {
  /** Nothing of the run is interrupted any more once this has settled: its ending can be written down. */
  letEnd(): Promise<void>
}

/**
 * Keeps the leases of all runs of this process alive over one connection of its own, so that a run whose own
 * connections are busy for an hour is still seen alive, and hears over it when a run is to end. A run without progress
 * for its declared patience is not kept alive: progress is what the run says (bytes, records) and what the store shows
 * (one of its statements working, not waiting for a lock or for us).
 */
export class Lifeline {
  readonly #config: pg.ClientConfig
  readonly #held = new Set<HeldRun>()
  #client: Promise<pg.Client | undefined> | undefined
  #beating: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor({ options }: pg.Pool) {
    const timeouts = { connectionTimeoutMillis: 10_000, query_timeout: 30_000 }
    this.#config = { ...options, ...timeouts, types: valueTypes, application_name: 'guiji lifeline' }
  }

  /** Keeps a run alive that was just claimed; `stop` ends it with this process. */
  hold(run: RunAtWork, stop: AbortSignal): RunHold {
    const held = new HeldRun(run, stop)
    this.#held.add(held)
    this.#schedule(0)
    const ended = new AbortController()
    const interrupting = this.#interrupt(held, ended.signal)
    return {
      signal: held.signal,
      progress: () => held.progress(),
      waitFor: (what) => held.waitFor(what),
      letEnd: async () => {
        ended.abort()
        await interrupting
      },
      [Symbol.asyncDispose]: async () => {
        ended.abort()
        await interrupting
        this.#held.delete(held)
        if (this.#held.size === 0) await this.#close()
      },
    }
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.beat(), milliseconds)
    this.#timer.unref()
  }

  /** Renews all leases now. Never fails: what does not come through is tried again. */
  beat(): Promise<void> {
    this.#beating = this.#beating.then(async () => {
      if (this.#held.size === 0) return
      try {
        await this.#renew()
        this.#schedule(beatMilliseconds)
      } catch {
        this.#schedule(soon.beat)
      }
    })
    return this.#beating
  }

  async #renew(): Promise<void> {
    const client = await this.#connected()
    const held = [...this.#held]
    const moved = held.map((one) => one.takeMoved())
    const { rows } = await client.query<Beat & { run_id: bigint }>(renewal, [
      held.map(({ run }) => run.runId),
      held.map(({ run }) => run.fence),
      held.map(({ run }) => sessionName(run)),
      moved,
      held.map(({ run }) => run.patience / 1000),
    ])
    for (const one of held) one.take(rows.find((row) => row.run_id === one.run.runId))
  }

  /** From the moment the run is to end until it says that it does, its statements in the store are stopped. */
  async #interrupt({ run, signal }: HeldRun, ended: AbortSignal): Promise<void> {
    await aborted(AbortSignal.any([signal, ended]))
    while (!ended.aborted) {
      const client = await this.#connected().catch(() => undefined)
      await client
        ?.query(
          `select pg_cancel_backend(a.pid) from pg_stat_activity a
           where a.state = 'active' and ${sessionsNamed('$1')}`,
          [sessionName(run)],
        )
        .catch(() => {})
      await sleep(soon.interrupt, undefined, { signal: ended }).catch(() => {})
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client === undefined) {
      const opening: Promise<pg.Client | undefined> = this.#connect(() => this.#forget(opening))
      this.#client = opening
    }
    const client = await this.#client
    if (client === undefined) throw new Error('the store is away')
    return client
  }

  #forget(lost: Promise<pg.Client | undefined>): void {
    if (this.#client !== lost) return
    this.#client = undefined
    if (this.#held.size > 0) this.#schedule(soon.beat)
  }

  async #connect(lost: () => void): Promise<pg.Client | undefined> {
    const client = new pg.Client(this.#config)
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', () => void this.beat())
    try {
      await client.connect()
      await client.query(`listen ${cancelChannel}`)
      return client
    } catch {
      await client.end().catch(() => {})
      lost()
      return undefined
    }
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#beating
    if (this.#held.size > 0) return
    const client = await this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }
}

/** A run whose row does not come back is not this process's any more. */
const renewal = `
  with mine as (
    select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::float8[])
      as m (run_id, fence, session, moved, patience))
  update guiji.lease l set
    progressed_at = case when m.moved or w.works then clock_timestamp() else l.progressed_at end,
    until = case when m.moved or w.works or l.progressed_at + m.patience * interval '1 second' > clock_timestamp()
      then clock_timestamp() + interval '${leaseSeconds} seconds' else l.until end
  from mine m cross join lateral (select exists (
    select from pg_stat_activity a where a.state = 'active' and ${sessionsNamed('m.session')}
      and coalesce(a.wait_event_type, '') not in ('Lock', 'Client', 'Timeout')) as works) w
  where l.run_id = m.run_id and l.fence = m.fence
  returning l.run_id, l.cancel_at, l.cancel_by,
    l.progressed_at + m.patience * interval '1 second' <= clock_timestamp() as stalled`

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

const lifelines = new WeakMap<pg.Pool, Lifeline>()

/** The lifeline of everyone who uses this pool: one connection, however many runs. It is open while there is a run. */
export function lifelineOf(pool: pg.Pool): Lifeline {
  const lifeline = lifelines.get(pool) ?? new Lifeline(pool)
  lifelines.set(pool, lifeline)
  return lifeline
}
