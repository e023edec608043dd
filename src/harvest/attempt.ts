import type pg from 'pg'
import type { ListRequest } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { toStoreError } from '../store/server/connection-errors.ts'
import { addressOf } from './address-of.ts'
import { errorRecord } from './error-record.ts'
import { finishUnchanged } from './finish-unchanged.ts'
import { nameSession } from './lend-connection.ts'
import { showsOther, writeCheckpoint } from './lifecycle/checkpoint.ts'
import type { Claim, Restart } from './lifecycle/claim.ts'
import { lifelineOf, type RunHold } from './lifecycle/lifeline.ts'
import { orAbort } from './lifecycle/or-abort.ts'
import { RestartRun } from './lifecycle/resumption.ts'
import { loadRun } from './load-run.ts'
import { openContext } from './open-context.ts'
import { durationMilliseconds } from './plan.ts'
import type { HarvestEngine } from './run.ts'
import { endRun, type RunEnd } from './run-record.ts'
import { StageTimes } from './stage-times.ts'

/** A run that makes no progress for so long is given up, where its harvest says nothing else. */
const defaultPatience = 'PT2H'

/**
 * Works a claimed run to its end, whatever that is, and writes the end down.
 *
 * @returns the lost run that cannot be gone on with after all, and why: a new run is to begin in its place
 * @throws GuijiError RUN_FENCED where the run was taken over; STORE_LOST and the like where nothing can be written down
 */
export async function attemptRun(
  engine: HarvestEngine,
  client: pg.PoolClient,
  claim: Claim,
  stop: AbortSignal,
): Promise<Restart | undefined> {
  const { dataset, source, harvest } = claim.target
  const patienceText = harvest.patience ?? defaultPatience
  const patience = durationMilliseconds(patienceText) ?? Number.POSITIVE_INFINITY
  const { runId, fence } = claim
  const run = { runId, fence, dataset: dataset.code, source: source.code, patience, patienceText }
  await using hold = lifelineOf(engine.pool).hold(run, stop)
  try {
    await nameSession(client, claim)
    await work(engine, client, claim, hold)
    return undefined
  } catch (error) {
    await hold.letEnd()
    return await writeEnd(engine, client, claim, { error, signal: hold.signal })
  } finally {
    await hold.letEnd()
    // A run that is over has no lease. Where the store is gone, the next reaper clears it away.
    await client
      .query('delete from guiji.lease where run_id = $1 and fence = $2', [runId, fence])
      .catch(() => {})
  }
}

async function work(
  engine: HarvestEngine,
  client: pg.PoolClient,
  claim: Claim,
  hold: RunHold,
): Promise<void> {
  const { target, plan, checkpoint, basis } = claim
  const { signal } = hold
  const startedAt = new Date(engine.clock()).toISOString()
  const about = { run: String(claim.runId), dataset: target.dataset.code }
  engine.emit({ event: 'started', ...about, mode: plan.mode, at: startedAt })
  signal.throwIfAborted()
  hold.waitFor('source')
  await using session = await orAbort(engine.openSource(target, signal), signal)
  hold.progress()
  const request: ListRequest = { ...plan.request, signal }
  const times = new StageTimes()
  await using listing = await times.of('list', () => orAbort(session.list(request), signal))
  hold.progress()
  hold.waitFor('store')
  if (listing.unchanged) {
    if (checkpoint !== undefined) throw new RestartRun('source-changed')
    await finishUnchanged(client, target, claim, { listing, startedAt, now: new Date(engine.clock()) })
    return
  }
  const { clock } = engine
  const context = await openContext({ client, target, plan, run: claim, listing, times, clock, pulse: hold })
  if (checkpoint !== undefined && showsOther(checkpoint, context)) throw new RestartRun('source-changed')
  await writeCheckpoint(context, basis)
  const { choice, kind } = context
  engine.emit({
    event: 'planned',
    ...about,
    lane: choice.lane,
    kind,
    ...(listing.bytes === undefined ? {} : { bytes: listing.bytes }),
    ...(listing.declared === undefined ? {} : { declared: String(listing.declared) }),
  })
  await loadRun(engine, context, { claim, session, request, startedAt })
}

async function writeEnd(
  engine: HarvestEngine,
  client: pg.PoolClient,
  claim: Claim,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal },
): Promise<Restart | undefined> {
  const now = new Date(engine.clock())
  if (error instanceof RestartRun) {
    const lost = { state: 'lost', now, cause: 'platform-failed', complete: false } as const
    await endRun(client, claim, lost)
    return { run: claim.runId, because: error.reason }
  }
  const reason = signal.aborted ? reasonOf(signal, claim, engine) : undefined
  const met = reason ?? toStoreError(error, addressOf(client))
  if (met instanceof GuijiError && met.code === 'RUN_FENCED') throw met
  const end = endOf(engine, met, now)
  await endRun(client, claim, end).catch((failure) => {
    const failed = toStoreError(failure, addressOf(client))
    if (failed instanceof GuijiError && failed.code === 'RUN_FENCED') throw failed
    // Where the store itself is gone nothing can be recorded: the next run finds this one lost.
    throw met instanceof GuijiError ? met : failed
  })
  return undefined
}

function endOf(engine: HarvestEngine, met: unknown, now: Date): RunEnd {
  const known = met instanceof GuijiError ? met : undefined
  const record = known === undefined ? { code: 'UNEXPECTED', fact: String(met) } : errorRecord(known)
  const cancelled = known?.code === 'RUN_CANCELLED'
  return {
    state: cancelled ? 'cancelled' : 'failed',
    now,
    cause: cancelled ? null : (known?.blame ?? 'platform-failed'),
    complete: false,
    error: JSON.parse(engine.redact(JSON.stringify(record))),
  }
}

/** What the lifeline gave as the reason; a process that is stopped cancels its own runs. */
function reasonOf({ reason }: AbortSignal, { runId: run, target }: Claim, engine: HarvestEngine): GuijiError {
  if (reason instanceof GuijiError) return reason
  const by = `${reason instanceof Error ? reason.message : String(reason)} (${engine.worker})`
  const at = new Date(engine.clock()).toISOString()
  return new GuijiError('RUN_CANCELLED', { run, dataset: target.dataset.code, by, at })
}
