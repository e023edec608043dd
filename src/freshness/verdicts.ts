import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { Verdict } from '../../catalog-schema/vocabulary/verdicts.ts'
import type { JudgeOptions } from './judge.ts'

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

/**
 * The verdict of every dataset on the list, by code. Reads occurrences as they were last judged: call `judge` first.
 * The judgement itself is the function `guiji.verdicts` of the store, which `catalog.freshness` shows to analysts:
 * nobody can be told anything else.
 */
export async function verdicts(
  db: Kysely<ControlDatabase>,
  { now, datasetIds }: JudgeOptions,
): Promise<DatasetVerdict[]> {
  const { rows } = await sql<DatasetVerdict>`
    select code, verdict, cause, due_at as "dueAt", complete_through as "completeThrough", kept, owed,
      no_clock as "noClock", provisional
    from guiji.verdicts(${now})
    where ${datasetIds === undefined} or dataset_id = any(${datasetIds ?? []}::bigint[])
    order by code`.execute(db)
  return rows
}
