import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { readyAt, unsettled } from '../freshness/occurrence-rows.ts'
import type { OwedPeriod } from './tries.ts'

/** The periods of datasets that begin by `until` and wait for their delivery, by dataset, oldest first. */
export async function owedPeriods(
  db: Kysely<ControlDatabase>,
  datasetIds: readonly bigint[],
  until: Date,
): Promise<Map<bigint, OwedPeriod[]>> {
  const { rows } = await sql<OwedPeriod & { readonly datasetId: bigint }>`
    select o.dataset_id as "datasetId", o.period, c.cycle, c.time_zone as "timeZone",
      o.period_start as "periodStart", o.period_end as "periodEnd", ${readyAt} as "readyAt", o.due_at as "dueAt",
      o.late_at as "lateAt", following.ready_at as "nextReadyAt"
    from unnest(${datasetIds}::bigint[]) as asked (id)
    join guiji.occurrence o on o.dataset_id = asked.id
    join guiji.commitment c on c.id = o.commitment_id
    cross join lateral (select o.period_start) this
    left join lateral (
      select ${readyAt} as ready_at from guiji.occurrence o
      where o.dataset_id = asked.id and o.period_start > this.period_start and o.outcome <> 'void'
      order by o.period_start limit 1) following on true
    where ${unsettled} and o.period_start <= ${until}
    order by o.dataset_id, o.period_start`.execute(db)
  const byDataset = new Map<bigint, OwedPeriod[]>()
  for (const row of rows) {
    const periods = byDataset.get(row.datasetId)
    if (periods === undefined) byDataset.set(row.datasetId, [row])
    else periods.push(row)
  }
  return byDataset
}
