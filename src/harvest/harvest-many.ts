import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import pLimit, { type LimitFunction } from 'p-limit'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type DueSlot, finishSlot } from '../schedule/due-slots.ts'
import { type HarvestEngine, runHarvest } from './run.ts'
import type { RunSummary } from './run-events.ts'
import type { HarvestTarget } from './target.ts'

/** One harvest to run; with the slot it serves, where the clock asked for it. */
export interface HarvestJob {
  readonly target: HarvestTarget
  readonly slot?: DueSlot
}

/** What became of a job: a run, however it ended, or why no run could begin. */
export type HarvestOutcome =
  | { readonly target: HarvestTarget; readonly summary: RunSummary; readonly error?: never }
  | { readonly target: HarvestTarget; readonly error: unknown; readonly summary?: never }

export interface ManyOptions {
  readonly db: Kysely<ControlDatabase>
  /** Runs at once in this process. */
  readonly concurrency: number
  readonly full?: boolean
  /** Ends the runs under way in order; jobs that have not begun are left out. */
  readonly signal: AbortSignal
}

/**
 * Runs many harvests, in the order given, at most `concurrency` at once and of one source at most as many as its
 * politeness allows. A job that waits for its source leaves its place to others. One failure never stops the rest.
 */
export async function harvestMany(
  engine: HarvestEngine,
  jobs: readonly HarvestJob[],
  options: ManyOptions,
): Promise<HarvestOutcome[]> {
  const overall = pLimit(options.concurrency)
  const bySource = new Map<string, LimitFunction>()
  const outcomes = await Promise.all(
    jobs.map((job) => {
      const { code, politeness } = job.target.source
      const source = bySource.get(code) ?? pLimit(politeness.connections)
      bySource.set(code, source)
      return source(() => overall(() => runJob(engine, job, options)))
    }),
  )
  return outcomes.filter((outcome) => outcome !== undefined)
}

async function runJob(
  engine: HarvestEngine,
  { target, slot }: HarvestJob,
  { db, signal, full }: ManyOptions,
): Promise<HarvestOutcome | undefined> {
  if (signal.aborted) {
    if (slot !== undefined) await freeSlot(db, slot)
    return undefined
  }
  try {
    const summary = await runHarvest(engine, target, {
      signal,
      ...(full === undefined ? {} : { full }),
      ...(slot === undefined ? {} : { slotAt: slot.instant }),
    })
    if (slot !== undefined) await finishSlot(db, slot, BigInt(summary.run))
    return { target, summary }
  } catch (error) {
    // The store may be what failed: then the slot stays taken, and the first error is the one that tells.
    if (slot !== undefined) await freeSlot(db, slot).catch(() => {})
    return { target, error }
  }
}

/** A slot that no run served is there for the next who asks. */
async function freeSlot(db: Kysely<ControlDatabase>, slot: DueSlot): Promise<void> {
  await sql`update guiji.slot set state = 'planned'
    where harvest_id = ${slot.harvestId} and instant = ${slot.instant} and state = 'taken'`.execute(db)
}
