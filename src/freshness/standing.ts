import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { JudgeOptions } from './judge.ts'

/** Datasets at once: whoever publishes one of them waits as long as that takes. */
const batch = 1000

/**
 * Makes known how datasets stand at `now` and at the next instant at which time alone changes it, where that is not
 * known. Without it every answer is the same, only slower: what is not known is computed when it is asked for.
 *
 * @returns of how many datasets
 */
export async function refreshStanding(
  db: Kysely<ControlDatabase>,
  { now, datasetIds }: JudgeOptions,
): Promise<number> {
  let refreshed = 0
  for (;;) {
    const { rows } = await sql<{ count: bigint }>`
      select guiji.refresh_standing(${now}, ${datasetIds ?? null}::bigint[], ${batch}) as count`.execute(db)
    const count = Number(rows[0]?.count ?? 0n)
    refreshed += count
    if (count < batch) return refreshed
  }
}
