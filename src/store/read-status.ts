import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import type { Clocks } from '../freshness/clocks.ts'
import { type DatasetVerdict, verdicts } from '../freshness/verdicts.ts'
import type { ListedDataset } from './read-datasets.ts'

/** Everything said of one dataset on the board. */
export interface DatasetStatus extends DatasetVerdict, Clocks {
  readonly name: string
  readonly department: string
  readonly departmentName: string
  readonly cycle: CycleCode
  readonly held: bigint
  readonly received: bigint
}

/** The board at `now`, by department and code. Occurrences must have been judged up to `now`. */
export async function readStatus(
  pool: pg.Pool,
  db: Kysely<ControlDatabase>,
  options: { readonly now: Date; readonly datasets: readonly ListedDataset[] },
): Promise<DatasetStatus[]> {
  const datasetIds = options.datasets.map(({ id }) => id)
  const judged = await verdicts(db, { now: options.now, datasetIds })
  const { rows } = await pool.query<Omit<DatasetStatus, keyof DatasetVerdict> & { code: string }>(
    `select d.code, d.name, d.department, p.name as "departmentName",
       d.definition -> 'commitment' ->> 'cycle' as cycle,
       s.source_published_at as "sourcePublishedAt", s.last_checked_at as "lastCheckedAt",
       s.last_changed_at as "lastChangedAt", s.loaded_at as "loadedAt", s.visible_at as "visibleAt",
       s.published_by as "publishedBy", s.checked_by as "checkedBy", s.complete_by as "completeBy",
       coalesce(s.held, 0) as held, coalesce(s.received, 0) as received
     from guiji.dataset d join guiji.department p on p.code = d.department
       left join guiji.dataset_state s on s.dataset_id = d.id
     where d.id = any ($1::bigint[]) order by d.department, d.code`,
    [datasetIds],
  )
  const byCode = new Map(judged.map((verdict) => [verdict.code, verdict]))
  return rows.flatMap((row) => {
    const verdict = byCode.get(row.code)
    return verdict === undefined ? [] : [{ ...row, ...verdict }]
  })
}
