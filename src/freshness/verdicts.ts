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
 * The judgement itself is the function `guiji.verdicts_at` of the store, and what it said is kept in `guiji.standing`
 * with the instants at which time alone would change it. `catalog.freshness` shows the same to analysts: nobody can
 * be told anything else.
 */
export async function verdicts(
  db: Kysely<ControlDatabase>,
  { now, datasetIds }: JudgeOptions,
): Promise<DatasetVerdict[]> {
  const { rows } = await sql<DatasetVerdict>`
    select d.code, v.verdict, v.cause, v.due_at as "dueAt", s.complete_through as "completeThrough",
      v.kept, v.owed, v.no_clock as "noClock", v.provisional
    from guiji.standing_at(${now}) v join guiji.dataset d on d.id = v.dataset_id
    left join guiji.dataset_state s on s.dataset_id = v.dataset_id
    where ${datasetIds === undefined ? sql`true` : sql`v.dataset_id = any(${datasetIds}::bigint[])`}
    order by d.code`.execute(db)
  return rows
}
