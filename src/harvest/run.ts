import type pg from 'pg'
import type { ListRequest, SourceSession } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { type StoreAddress, toStoreError } from '../store/server/connection-errors.ts'
import { errorRecord } from './error-record.ts'
import { finishUnchanged } from './finish-unchanged.ts'
import { prepareSession } from './lend-connection.ts'
import { loadRun } from './load-run.ts'
import { openContext } from './open-context.ts'
import { planRun, type RunPlan } from './plan.ts'
import type { RunEvent, RunSummary } from './run-events.ts'
import { type ClaimedRun, claimRun, endRun, releaseRun } from './run-record.ts'
import { readSummary } from './run-summary.ts'
import { StageTimes } from './stage-times.ts'
import type { HarvestTarget } from './target.ts'

/** Everything a run needs from outside. */
export interface HarvestEngine {
  readonly pool: pg.Pool
  /** Opens a session with the source: secrets resolved, politeness applied. */
  readonly openSource: (target: HarvestTarget, signal: AbortSignal) => Promise<SourceSession>
  /** Names this process in the run history. */
  readonly worker: string
  readonly clock: () => number
  readonly emit: (event: RunEvent) => void
  /** Takes secrets out of any text that is kept or shown. */
  readonly redact: (text: string) => string
}

export interface RunOptions {
  /** Read everything and compare, whatever the source says of itself. */
  readonly full?: boolean
  readonly slotAt?: Date
  readonly signal: AbortSignal
}

/** Runs one harvest once, from plan to publication. Failures of the source end in the run's record, not in an exception. */
export async function runHarvest(
  engine: HarvestEngine,
  target: HarvestTarget,
  options: RunOptions,
): Promise<RunSummary> {
  const client = await engine.pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await prepareSession(client, target.dataset.commitment.timeZone)
    const plan = planRun(target, { now: new Date(engine.clock()), ...options })
    const run = await claimRun(client, target, {
      mode: plan.mode,
      worker: engine.worker,
      now: new Date(engine.clock()),
      ...(options.slotAt === undefined ? {} : { slotAt: options.slotAt }),
    })
    await attempt(engine, client, target, plan, run, options.signal)
    await releaseRun(client, run.runId)
    const summary = await readSummary(client, run.runId)
    engine.emit({ event: 'finished', ...summary })
    return summary
  } catch (error) {
    throw toStoreError(error, addressOf(client))
  } finally {
    client.off('error', onError)
    await release(client, broken)
  }
}

/** Gives the connection back as it came: no temporary tables, no locks, no zone. A broken one is thrown away. */
async function release(client: pg.PoolClient, broken: Error | undefined): Promise<void> {
  if (broken !== undefined) return client.release(broken)
  try {
    await client.query(
      `drop table if exists pg_temp.chunk; select pg_advisory_unlock_all(); reset random_page_cost; set timezone to 'UTC'`,
    )
    client.release()
  } catch (error) {
    client.release(error instanceof Error ? error : true)
  }
}

async function attempt(
  engine: HarvestEngine,
  client: pg.PoolClient,
  target: HarvestTarget,
  plan: RunPlan,
  run: ClaimedRun,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = new Date(engine.clock()).toISOString()
  const about = { run: String(run.runId), dataset: target.dataset.code }
  engine.emit({ event: 'started', ...about, mode: plan.mode, at: startedAt })
  try {
    await using session = await engine.openSource(target, signal)
    const request: ListRequest = { ...plan.request, signal }
    const times = new StageTimes()
    await using listing = await times.of('list', () => session.list(request))
    if (listing.unchanged) {
      await finishUnchanged(client, target, run, { listing, startedAt, now: new Date(engine.clock()) })
      return
    }
    const context = await openContext({
      client,
      target,
      plan,
      run,
      listing,
      times,
      clock: engine.clock,
      signal,
    })
    const { choice, kind } = context
    engine.emit({
      event: 'planned',
      ...about,
      lane: choice.lane,
      kind,
      ...(listing.bytes === undefined ? {} : { bytes: listing.bytes }),
      ...(listing.declared === undefined ? {} : { declared: String(listing.declared) }),
    })
    await loadRun(engine, context, { target, run, session, request, startedAt })
  } catch (error) {
    await fail(engine, client, run, error, signal)
  }
}

async function fail(
  engine: HarvestEngine,
  client: pg.PoolClient,
  run: ClaimedRun,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const met = toStoreError(error, addressOf(client))
  if (met instanceof GuijiError && met.code === 'RUN_FENCED') throw met
  const known = met instanceof GuijiError ? met : undefined
  const record = known === undefined ? { code: 'UNEXPECTED', fact: String(met) } : errorRecord(known)
  const json = JSON.parse(engine.redact(JSON.stringify(record)))
  const ending = endRun(client, run, {
    state: signal.aborted ? 'cancelled' : 'failed',
    now: new Date(engine.clock()),
    cause: signal.aborted ? null : (known?.blame ?? 'platform-failed'),
    complete: false,
    error: json,
  })
  // Where the store itself is gone nothing can be recorded: the next run finds this one lost.
  await ending.catch((failure) => {
    throw known ?? toStoreError(failure, addressOf(client))
  })
}

function addressOf({ host, port, database, user }: pg.Client | pg.PoolClient): StoreAddress {
  return { shown: `${host}:${port}/${database ?? ''}`, user: user ?? '', database: database ?? '' }
}
