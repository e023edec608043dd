import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { Span } from '../attainment/span.ts'

/** The periods of one dataset that were not kept for one cause. */
export interface Unkept {
  readonly code: string
  readonly name: string
  readonly department: string
  readonly departmentName: string
  /** A code of `catalog-schema/vocabulary/causes.ts`; null where none is on record. */
  readonly cause: string | null
  readonly late: bigint
  readonly missed: bigint
  /** Late, and nothing has come yet. */
  readonly stillOpen: bigint
  readonly provisional: bigint
  /** Labels of the first and last of them. */
  readonly first: string
  readonly last: string
  /** Seconds from the promised instant; null where all were missed. */
  readonly longestLateness: bigint | null
}

/** What was late or missed of what was due in a span, by department, dataset and cause. */
export async function readUnkept(
  db: Kysely<ControlDatabase>,
  options: { readonly now: Date; readonly within: Span; readonly datasetIds: readonly bigint[] },
): Promise<Unkept[]> {
  const { now, within, datasetIds } = options
  const { rows } = await sql<Unkept>`
    select d.code, d.name, d.department, p.name as "departmentName", o.cause,
      count(*) filter (where o.outcome = 'late') as late, count(*) filter (where o.outcome = 'missed') as missed,
      count(*) filter (where o.outcome = 'late' and o.kept_at is null) as "stillOpen",
      count(*) filter (where o.provisional) as provisional,
      (array_agg(o.period order by o.period_start))[1] as first,
      (array_agg(o.period order by o.period_start desc))[1] as last,
      trunc(extract(epoch from max(coalesce(o.kept_at, ${now}) - o.due_at)
        filter (where o.outcome = 'late')))::bigint as "longestLateness"
    from guiji.occurrence o
    join guiji.commitment c on c.id = o.commitment_id
    join guiji.dataset d on d.id = o.dataset_id
    join guiji.department p on p.code = d.department
    cross join lateral (select (o.due_at at time zone c.time_zone)::date as day) due
    where o.outcome in ('late', 'missed') and o.dataset_id = any(${datasetIds}::bigint[])
      and due.day >= ${within.since}::date and due.day < ${within.until}::date
    group by d.code, d.name, d.department, p.name, o.cause
    order by d.department, d.code, o.cause`.execute(db)
  return rows
}
