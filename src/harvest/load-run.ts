import type { ListRequest, SourceSession } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { createXxh64 } from '../records/wasm/xxh64.ts'
import { errorRecord } from './error-record.ts'
import { fetchKnown } from './known/fetch-known.ts'
import { KnownRecords } from './known/known-records.ts'
import { pageIds } from './known/listing-pages.ts'
import { PageOrder } from './known/page-order.ts'
import { lendConnection } from './lend-connection.ts'
import { decodingSlices } from './lifecycle/batch-slice.ts'
import { beginAgain, beginAtNothing } from './lifecycle/beginning.ts'
import type { Claim } from './lifecycle/claim.ts'
import { type Comparison, deltaLoader } from './load-delta.ts'
import { freshLoader } from './load-fresh.ts'
import { type ReadResult, readListing } from './read-listing.ts'
import { recoverRaw } from './recover-raw.ts'
import type { HarvestEngine } from './run.ts'
import type { RunContext } from './run-context.ts'
import { endRun } from './run-record.ts'
import { digestSeedOf } from './seed.ts'
import { settle } from './settle/settle.ts'
import type { LoadEnd, Settlement } from './settle/settlement.ts'

interface LoadJob {
  readonly claim: Claim
  readonly session: SourceSession
  readonly request: ListRequest
  readonly startedAt: string
}

/** Reads the listing into the load table, then settles it, or ends the run where it may not be published. */
export async function loadRun(engine: HarvestEngine, opened: RunContext, job: LoadJob): Promise<void> {
  const resumed = job.claim.checkpoint !== undefined
  const context = resumed ? { ...opened, listing: decodingSlices(opened.listing) } : opened
  const digester = await createXxh64(digestSeedOf(context.seed, context.layout.keyed))
  const comparison = await context.times.of('known', () => comparisonOf(context))
  using _ = comparison?.known
  const about = { run: String(context.runId), dataset: context.dataset.code }
  const beginning = resumed ? await beginAgain(context, comparison?.known) : await beginAtNothing(context)
  const result = await readListing(context, {
    digester,
    loader:
      context.kind === 'fresh'
        ? freshLoader(context, beginning.chunks)
        : deltaLoader(context, beginning.chunks, comparison),
    beginning,
    lend: () => lendConnection(engine.pool, context.dataset.commitment.timeZone, job.claim),
    progress: (read, bytes) => engine.emit({ event: 'progress', ...about, read: String(read), bytes }),
  })
  const refusal = refusalOf(context, result)
  if (refusal !== undefined) {
    await endRun(context.client, job.claim, {
      state: 'partial',
      now: new Date(engine.clock()),
      cause: refusal.blame ?? null,
      complete: false,
      error: errorRecord(refusal),
    })
    return
  }
  await markPublishing(context)
  engine.emit({ event: 'publishing', ...about })
  const { previous, ...again } = job.request
  await settle(settlementOf(engine, context, job, result), {
    rejections: context.rejections,
    ...comparison,
    find: async (digests) => {
      await using listing = await job.session.list(again)
      const names = { dataset: context.dataset.code, source: context.harvest.source }
      return await recoverRaw(listing, digester, digests, names)
    },
  })
}

/** Seen by others from here on: the records are in, what is left is the store's work. */
async function markPublishing({ client, runId, fence, dataset }: RunContext): Promise<void> {
  const { rowCount } = await client.query(
    `update guiji.run set state = 'publishing' where id = $1 and fence = $2 and state = 'running'`,
    [runId, fence],
  )
  if (rowCount !== 1) throw new GuijiError('RUN_FENCED', { run: runId, dataset: dataset.code })
}

async function comparisonOf(context: RunContext): Promise<Comparison | undefined> {
  if (context.kind === 'fresh' || context.mode !== 'snapshot' || context.reseeded) return undefined
  const { client, layout, datasetId, seed, heldBefore } = context
  const { stored, pages, rejects } = await fetchKnown(client, { layout, datasetId, seed, held: heldBefore })
  const order = new PageOrder(pages, pageIds(context.runId, 0))
  return { known: new KnownRecords(stored, rejects, order), order }
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
  const { dataset, harvest } = job.claim.target
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
