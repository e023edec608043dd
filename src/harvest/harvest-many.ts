import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import pLimit, { type LimitFunction } from 'p-limit'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { openSeats, type SeatRequest, type Seats } from '../schedule/seats.ts'
import { patiently } from './lifecycle/patiently.ts'
import { type HarvestEngine, runHarvest } from './run.ts'
import type { RunSummary } from './run-events.ts'
import type { HarvestTarget } from './target.ts'

/** How often a harvest asks for its source again, in milliseconds. */
const askEvery = 250

/** What became of a harvest: a run, however it ended, or why no run could begin. */
export type HarvestOutcome =
  | { readonly target: HarvestTarget; readonly summary: RunSummary; readonly error?: never }
  | { readonly target: HarvestTarget; readonly error: unknown; readonly summary?: never }

export interface ManyOptions {
  readonly db: Kysely<ControlDatabase>
  /** This process, as it is on record; see `startWorker`. */
  readonly workerId: bigint
  /** Runs at once in this process. */
  readonly concurrency: number
  readonly full?: boolean
  /** Ends the runs under way in order; harvests that have not begun are left out. */
  readonly signal: AbortSignal
  /** A source is used to its limit by other processes: the harvest waits. */
  readonly onWait?: (target: HarvestTarget) => void
}

/**
 * Runs many harvests, in the order given, at most `concurrency` at once and of one source at most as many as its
 * politeness allows, in this process and over all of them. A harvest that waits for its source leaves its place to
 * others. One failure never stops the rest.
 */
export async function harvestMany(
  engine: HarvestEngine,
  targets: readonly HarvestTarget[],
  options: ManyOptions,
): Promise<HarvestOutcome[]> {
  const overall = pLimit(options.concurrency)
  const seats = openSeats(options.db, options.workerId)
  const bySource = new Map<string, LimitFunction>()
  const outcomes = await Promise.all(
    targets.map((target) => {
      const { code, politeness } = target.source
      const source = bySource.get(code) ?? pLimit(politeness.connections)
      bySource.set(code, source)
      return source(() => runSeated(engine, target, { ...options, overall, seats }))
    }),
  )
  return outcomes.filter((outcome) => outcome !== undefined)
}

interface SeatedOptions extends ManyOptions {
  readonly overall: LimitFunction
  readonly seats: Seats
}

/** A harvest takes its seat when its turn has come, and lets others go first while its source has none. */
async function runSeated(
  engine: HarvestEngine,
  target: HarvestTarget,
  options: SeatedOptions,
): Promise<HarvestOutcome | undefined> {
  const { overall, seats, signal, onWait } = options
  const { harvestId, source } = target
  const seat = { harvestId, source: source.code, connections: source.politeness.connections }
  for (let asked = 0; !signal.aborted; asked += 1) {
    const outcome = await overall(() => runIfSeated(engine, target, seat, options))
    if (outcome !== 'no-seat') return outcome
    if (asked === 0) onWait?.(target)
    await pause(askEvery, undefined, { signal }).catch(() => {})
  }
  await seats.leave(seat)
  return undefined
}

async function runIfSeated(
  engine: HarvestEngine,
  target: HarvestTarget,
  request: SeatRequest,
  { seats, signal, full }: SeatedOptions,
): Promise<HarvestOutcome | 'no-seat' | undefined> {
  if (signal.aborted) return undefined
  try {
    await using seat = await patiently(engine.pool, signal, () => seats.trySeat(request))
    if (seat === undefined) return 'no-seat'
    const summary = await runHarvest(engine, target, { signal, ...(full === undefined ? {} : { full }) })
    return { target, summary }
  } catch (error) {
    return { target, error }
  }
}
