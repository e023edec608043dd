import type pg from 'pg'
import { chooseLane, type LaneChoice } from '../src/harvest/lanes.ts'
import type { LoadKind } from '../src/harvest/load-tables.ts'
import { loadKindOf, planRun, type RunPlan } from '../src/harvest/plan.ts'
import type { HarvestEngine } from '../src/harvest/run.ts'
import type { HarvestTarget } from '../src/harvest/target.ts'
import { layoutOf } from '../src/store/layout.ts'

/** What a run of this harvest would do if it began now, or why it could not begin. */
export interface HarvestPlan {
  readonly target: HarvestTarget
  readonly plan: RunPlan
  readonly kind: LoadKind
  readonly lane?: LaneChoice['lane']
  /** Why not the bytes lane; `held` where rows are there already. */
  readonly laneReason?: string
  readonly unchangedBy?: string
  readonly declared?: bigint
  readonly bytes?: number
  readonly publishedAt?: Date
  readonly error?: unknown
}

/** Asks the source what there is, as a run does, and reads no record. */
export async function planHarvest(
  engine: HarvestEngine,
  client: pg.ClientBase,
  target: HarvestTarget,
  options: { readonly full?: boolean; readonly signal: AbortSignal },
): Promise<HarvestPlan> {
  const { dataset, harvest, state } = target
  const plan = planRun(target, { now: new Date(engine.clock()), ...options })
  const kind = await loadKindOf(client, layoutOf(dataset), state.held)
  const known = { target, plan, kind }
  try {
    await using session = await engine.openSource(target, options.signal)
    await using listing = await session.list({ ...plan.request, signal: options.signal })
    if (listing.unchanged) return { ...known, unchangedBy: listing.unchangedBy ?? 'source' }
    const choice = chooseLane(dataset, harvest, listing)
    return {
      ...known,
      ...(kind === 'fresh' ? laneOf(choice) : { lane: 'rows', laneReason: 'held' }),
      ...(listing.declared === undefined ? {} : { declared: listing.declared }),
      ...(listing.bytes === undefined ? {} : { bytes: listing.bytes }),
      ...(listing.publishedAt === undefined ? {} : { publishedAt: listing.publishedAt }),
    }
  } catch (error) {
    return { ...known, error }
  }
}

function laneOf({ lane, reason }: LaneChoice): Pick<HarvestPlan, 'lane' | 'laneReason'> {
  return reason === undefined ? { lane } : { lane, laneReason: reason }
}
