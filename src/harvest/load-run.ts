import type { ListRequest, SourceSession } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { createDigester, digestSeedOf } from './digest.ts'
import type { DigestSet } from './digest-set.ts'
import { errorRecord } from './error-record.ts'
import { fetchKnownDigests } from './known-digests.ts'
import { lendConnection } from './lend-connection.ts'
import { deltaLoader } from './load-delta.ts'
import { freshLoader } from './load-fresh.ts'
import { type ReadResult, readListing } from './read-listing.ts'
import { recoverRaw } from './recover-raw.ts'
import type { HarvestEngine } from './run.ts'
import type { RunContext } from './run-context.ts'
import { type ClaimedRun, endRun } from './run-record.ts'
import { settle } from './settle/settle.ts'
import type { LoadEnd, Settlement } from './settle/settlement.ts'
import type { HarvestTarget } from './target.ts'

interface LoadJob {
  readonly target: HarvestTarget
  readonly run: ClaimedRun
  readonly session: SourceSession
  readonly request: ListRequest
  readonly startedAt: string
}

/** Reads the listing into the load table, then settles it, or ends the run where it may not be published. */
export async function loadRun(engine: HarvestEngine, context: RunContext, job: LoadJob): Promise<void> {
  const digester = await createDigester(digestSeedOf(context.seed, context.layout.keyed))
  const known = await context.times.of('known', async () => await knownDigests(context))
  const about = { run: String(context.runId), dataset: context.dataset.code }
  const result = await readListing(context, {
    digester,
    prepare: context.kind === 'fresh' ? freshLoader(context) : deltaLoader(context, known),
    lend: () => lendConnection(engine.pool, context.dataset.commitment.timeZone),
    progress: (read, bytes) => engine.emit({ event: 'progress', ...about, read: String(read), bytes }),
  })
  const refusal = refusalOf(context, result)
  if (refusal !== undefined) {
    await endRun(context.client, job.run, {
      state: 'partial',
      now: new Date(engine.clock()),
      cause: refusal.blame ?? null,
      complete: false,
      error: errorRecord(refusal),
    })
    return
  }
  const { previous: _, ...again } = job.request
  await settle(settlementOf(engine, context, job, result), {
    rejections: context.rejections,
    ...(known === undefined ? {} : { known }),
    find: async (digests) => {
      await using listing = await job.session.list(again)
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
function refusalOf(context: RunContext, { accounts }: ReadResult): GuijiError | undefined {
  const end = context.listing.end()
  const about = { dataset: context.dataset.code, source: context.harvest.source, read: accounts.read }
  if (!end.complete)
    return new GuijiError('LISTING_INCOMPLETE', { ...about, reason: end.reason ?? 'it did not end' })
  const declared = end.declared ?? context.listing.declared
  return declared === undefined || declared === accounts.read
    ? undefined
    : new GuijiError('LISTING_COUNT_DIFFERS', { ...about, declared })
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
    ...(context.listing.publishedBy === undefined ? {} : { publishedBy: context.listing.publishedBy }),
  }
  const { client, runId, fence, datasetId, layout } = context
  const { dataset, harvest } = job.target
  const now = new Date(engine.clock())
  return {
    client,
    runId,
    fence,
    datasetId,
    dataset,
    harvest,
    layout,
    now,
    times: context.times,
    end: loadEnd,
  }
}
