import type { Kysely } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { cycles } from '../../catalog-schema/vocabulary/cycles.ts'
import type { Verdict } from '../../catalog-schema/vocabulary/verdicts.ts'
import type { JudgeOptions } from './judge.ts'
import { type Facts, factsOfDatasets } from './verdict-facts.ts'

/** What is said of one dataset. */
export interface DatasetVerdict {
  readonly code: string
  readonly verdict: Verdict
  /** A code of `catalog-schema/vocabulary/causes.ts`, where something is overdue, waived or unknown. */
  readonly cause: string | null
  /** Due instant of the oldest period that is overdue or owed now, else of the next one. */
  readonly dueAt: Date | null
  /** Instant up to which the dataset is known to be complete. */
  readonly completeThrough: Date | null
  /** Judged occurrences that were kept, of `owed`. */
  readonly kept: bigint
  /** Judged occurrences, waived and void ones left out. */
  readonly owed: bigint
  readonly noClock: boolean
  /** The verdict rests on a deadline counted without a published calendar. */
  readonly provisional: boolean
}

/** The verdict of every dataset on the list, by code. Reads occurrences as they were last judged: call `judge` first. */
export async function verdicts(
  db: Kysely<ControlDatabase>,
  options: JudgeOptions,
): Promise<DatasetVerdict[]> {
  const facts = await factsOfDatasets(db, options)
  return facts.map((of) => verdictOf(of, options.now))
}

export interface Attainment {
  readonly kept: bigint
  readonly owed: bigint
  /** Datasets without a clock: in neither count, so their number stands beside it. */
  readonly noClock: number
}

/** 及时率 of a choice of datasets: `kept` of `owed`. */
export function attainment(of: readonly DatasetVerdict[]): Attainment {
  return {
    kept: of.reduce((sum, { kept }) => sum + kept, 0n),
    owed: of.reduce((sum, { owed }) => sum + owed, 0n),
    noClock: of.filter(({ noClock }) => noClock).length,
  }
}

export function verdictOf(facts: Facts, now: Date): DatasetVerdict {
  const noClock = !cycles[facts.cycle].clock
  const [verdict, cause] = noClock ? (['no-clock', null] as const) : standing(facts, now)
  return {
    code: facts.code,
    verdict,
    cause,
    dueAt: facts.overdueSince ?? facts.openDueAt ?? facts.nextDueAt,
    completeThrough: facts.completeThrough,
    kept: facts.kept,
    owed: facts.owed,
    noClock,
    provisional: facts.overdueSince === null ? facts.openProvisional : facts.overdueProvisional,
  }
}

/**
 * Worst first. A period delivered late is not overdue any more: its lateness stays in the counts, and the dataset
 * is fresh again. A deadline counted without a calendar accuses nobody: until a whole period is missed, its verdict
 * is `unknown`.
 */
function standing(facts: Facts, now: Date): readonly [Verdict, string | null] {
  if (facts.overdueSince !== null) {
    if (facts.overdueMissed) return ['missed', facts.overdueCause]
    return facts.overdueProvisional ? ['unknown', 'calendar-unknown'] : ['late', facts.overdueCause]
  }
  if (facts.openLateAt !== null) return [atRisk(facts, facts.openLateAt, now) ? 'at-risk' : 'due', null]
  if (facts.waived) return ['waived', 'waived']
  return [facts.harvested ? 'fresh' : 'unknown', null]
}

/** By its usual duration, the run under way, or one started this minute, would not be visible by the deadline. */
function atRisk({ usualSeconds, runningSince }: Facts, lateAt: Date, now: Date): boolean {
  if (usualSeconds === null) return false
  const visible = (runningSince ?? now).getTime() + usualSeconds * 1000
  return Math.max(visible, now.getTime()) > lateAt.getTime()
}
