import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { judge } from './judge.ts'
import { planOccurrences } from './plan-occurrences.ts'

/**
 * Plans and judges the datasets of which something happened, or to which time brought something, since they were last
 * judged; where that is none, nothing is read but that. For those who ask for the board.
 */
export async function bringUpToDate(
  db: Kysely<ControlDatabase>,
  { now, horizonDays }: { readonly now: Date; readonly horizonDays: number },
): Promise<void> {
  const { rows } = await sql<{ id: bigint }>`
    select dataset_id as id from guiji.standing where listed and changes_at <= ${now}
    union all
    select dataset_id from guiji.standing where listed and changes_at > ${now} and known_at > ${now}`.execute(
    db,
  )
  if (rows.length === 0) return
  const datasetIds = rows.map(({ id }) => id)
  await planOccurrences(db, { now, horizonDays, datasetIds })
  await judge(db, { now, datasetIds })
}
