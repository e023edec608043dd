import type pg from 'pg'
import type { Connector, Listing, ListRequest, SourceSession } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { layoutOf } from '../store/layout.ts'
import { type StoreAddress, toStoreError } from '../store/server/connection-errors.ts'
import { checksOf } from './checks.ts'
import { createDigester, digestSeedOf, listingSeedOf } from './digest.ts'
import type { DigestSet } from './digest-set.ts'
import { createRecordEncoder } from './encode/record-encoder.ts'
import { finishUnchanged } from './finish-unchanged.ts'
import { fetchKnownDigests } from './known-digests.ts'
import { chooseLane } from './lanes.ts'
import { lendConnection, prepareSession } from './lend-connection.ts'
import { deltaLoader } from './load-delta.ts'
import { freshLoader } from './load-fresh.ts'
import { loadKindOf, planRun, type RunPlan } from './plan.ts'
import { type ReadResult, readListing } from './read-listing.ts'
import { recoverRaw } from './recover-raw.ts'
import { Rejections } from './rejections.ts'
import type { RunContext } from './run-context.ts'
import type { RunEvent, RunSummary } from './run-events.ts'
import { type ClaimedRun, claimRun, endRun, releaseRun } from './run-record.ts'
import { readSummary } from './run-summary.ts'
import { settle } from './settle/settle.ts'
import type { LoadEnd, Settlement } from './settle/settlement.ts'
import type { HarvestTarget } from './target.ts'

/** Everything a run needs from outside. */
export interface HarvestEngine {
  readonly pool: pg.Pool
  readonly connectors: ReadonlyMap<string, Connector>
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
    await using listing = await session.list(request)
    if (listing.unchanged) {
      await finishUnchanged(client, target, run, { listing, startedAt, now: new Date(engine.clock()) })
      return
    }
    const context = await openContext(engine, client, target, plan, run, listing, signal)
    const { choice, kind } = context
    engine.emit({
      event: 'planned',
      ...about,
      lane: choice.lane,
      kind,
      ...(listing.bytes === undefined ? {} : { bytes: listing.bytes }),
      ...(listing.declared === undefined ? {} : { declared: String(listing.declared) }),
    })
    await load(engine, context, session, request, { target, plan, run, startedAt })
  } catch (error) {
    await fail(engine, client, run, error, signal)
  }
}

async function openContext(
  engine: HarvestEngine,
  client: pg.PoolClient,
  target: HarvestTarget,
  plan: RunPlan,
  run: ClaimedRun,
  listing: Listing,
  signal: AbortSignal,
): Promise<RunContext> {
  const { dataset, harvest, state } = target
  const layout = layoutOf(dataset)
  const seed = listingSeedOf(plan.seed, listing)
  const encoder = createRecordEncoder(dataset, harvest, listing.fields)
  const kind = await loadKindOf(client, layout, state.held)
  const planned = chooseLane(dataset, harvest, listing)
  const choice = kind === 'fresh' ? planned : { ...planned, lane: 'rows' as const }
  await client.query('update guiji.run set lane = $2, declared = $3 where id = $1', [
    run.runId,
    choice.lane,
    listing.declared ?? null,
  ])
  return {
    client,
    ...run,
    datasetId: target.datasetId,
    dataset,
    harvest,
    layout,
    listing,
    encoder,
    checks: checksOf(dataset),
    choice,
    kind,
    mode: plan.mode,
    seed,
    reseeded: state.seed !== null && state.seed !== seed,
    heldBefore: state.held,
    rejections: new Rejections(),
    clock: engine.clock,
    signal,
  }
}

interface LoadJob {
  readonly target: HarvestTarget
  readonly plan: RunPlan
  readonly run: ClaimedRun
  readonly startedAt: string
}

async function load(
  engine: HarvestEngine,
  context: RunContext,
  session: SourceSession,
  request: ListRequest,
  job: LoadJob,
): Promise<void> {
  const digester = await createDigester(digestSeedOf(context.seed, context.layout.keyed))
  const known = await knownDigests(context)
  const about = { run: String(context.runId), dataset: context.dataset.code }
  const result = await readListing(context, {
    digester,
    prepare: context.kind === 'fresh' ? freshLoader(context) : deltaLoader(context, known),
    lend: () => lendConnection(engine.pool, context.dataset.commitment.timeZone),
    progress: (read, bytes) => engine.emit({ event: 'progress', ...about, read: String(read), bytes }),
  })
  const refusal = refusalOf(context, result)
  if (refusal !== undefined) {
    await endRun(context.client, job.run, { state: 'partial', now: new Date(engine.clock()), ...refusal })
    return
  }
  const { previous: _, ...again } = request
  await settle(settlementOf(engine, context, job, result), {
    rejections: context.rejections,
    ...(known === undefined ? {} : { known }),
    find: async (digests) => {
      await using listing = await session.list(again)
      const names = { dataset: context.dataset.code, source: context.harvest.source }
      return await recoverRaw(listing, digester, digests, names)
    },
  })
}

function knownDigests(context: RunContext): Promise<DigestSet> | undefined {
  if (context.kind === 'fresh' || context.mode !== 'snapshot' || context.reseeded) return undefined
  const { client, layout, datasetId, seed, heldBefore } = context
  return fetchKnownDigests(client, { layout, datasetId, seed, held: heldBefore })
}

/**
 * Why what was read may not be published: the listing is not proven complete, or the source declared another
 * number. What was published before stands.
 */
function refusalOf(
  context: RunContext,
  { accounts }: ReadResult,
): { readonly cause: string; readonly complete: boolean; readonly error: unknown } | undefined {
  const end = context.listing.end()
  if (!end.complete)
    return {
      cause: 'source-wrong:truncated',
      complete: false,
      error: { fact: end.reason ?? 'the listing did not end' },
    }
  const declared = end.declared ?? context.listing.declared
  if (declared !== undefined && declared !== accounts.read) {
    const fact = `the source declared ${declared} records and gave ${accounts.read}`
    return { cause: 'source-wrong:truncated', complete: false, error: { fact } }
  }
  return undefined
}

function settlementOf(
  engine: HarvestEngine,
  context: RunContext,
  job: LoadJob,
  result: ReadResult,
): Settlement {
  const end = context.listing.end()
  const loadEnd: LoadEnd = {
    kind: context.kind,
    mode: context.mode,
    seed: context.seed,
    reseeded: context.reseeded,
    heldBefore: String(context.heldBefore),
    chunks: result.chunks,
    startedAt: job.startedAt,
    ...(end.token === undefined ? {} : { token: end.token }),
    ...(end.cursor === undefined ? {} : { cursor: end.cursor }),
    ...(context.listing.publishedAt === undefined
      ? {}
      : { publishedAt: context.listing.publishedAt.toISOString() }),
  }
  const { client, runId, fence, datasetId, layout } = context
  const { dataset, harvest } = job.target
  const now = new Date(engine.clock())
  return { client, runId, fence, datasetId, dataset, harvest, layout, now, end: loadEnd }
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
  const record = {
    code: known?.code ?? 'UNEXPECTED',
    details: known?.details,
    fact: engine.redact(known?.fact('en') ?? String(met)),
  }
  const json = JSON.parse(
    engine.redact(JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? String(value) : value))),
  )
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
