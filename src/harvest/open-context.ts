import type pg from 'pg'
import type { Listing } from '../connector.ts'
import { layoutOf } from '../store/layout.ts'
import { checksOf } from './checks.ts'
import { createRecordEncoder } from './encode/record-encoder.ts'
import { gatherBatches } from './gather-batches.ts'
import { chooseLane } from './lanes.ts'
import type { Pulse } from './lifecycle/held-run.ts'
import { loadKindOf, type RunPlan } from './plan.ts'
import { Rejections } from './rejections.ts'
import type { RunContext } from './run-context.ts'
import type { ClaimedRun } from './run-record.ts'
import { listingSeedOf } from './seed.ts'
import type { StageTimes } from './stage-times.ts'
import type { HarvestTarget } from './target.ts'

export interface Opening {
  readonly client: pg.PoolClient
  readonly target: HarvestTarget
  readonly plan: RunPlan
  readonly run: ClaimedRun
  readonly listing: Listing
  readonly times: StageTimes
  readonly clock: () => number
  readonly pulse: Pulse
}

/**
 * Decides, with the listing open, how the run will load: its encoder, its lane, fresh or delta. Throws
 * SOURCE_FIELD_LOST where the source lacks a field that an item is filled from.
 */
export async function openContext(opening: Opening): Promise<RunContext> {
  const { client, target, plan, run, listing, times, clock, pulse } = opening
  const { dataset, harvest, state } = target
  const layout = layoutOf(dataset)
  const seed = listingSeedOf(plan.seed, listing)
  const encoder = createRecordEncoder(dataset, harvest, listing.fields)
  const kind = await loadKindOf(client, layout, state.held)
  const planned = chooseLane(dataset, harvest, listing)
  const choice = kind === 'fresh' ? planned : { ...planned, lane: 'rows' as const }
  return {
    client,
    runId: run.runId,
    fence: run.fence,
    datasetId: target.datasetId,
    dataset,
    harvest,
    layout,
    listing: gatherBatches(listing),
    encoder,
    checks: checksOf(dataset),
    choice,
    kind,
    mode: plan.mode,
    seed,
    reseeded: state.seed !== null && state.seed !== seed,
    heldBefore: state.held,
    rejections: new Rejections(),
    times,
    clock,
    pulse,
  }
}
