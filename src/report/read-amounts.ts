import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { ReportedDataset } from './report-facts.ts'

/** Instants that a report counts between: `before` begins the span that growth is compared with. */
export interface Instants {
  readonly before: Date
  readonly begin: Date
  readonly cutoff: Date
}

/**
 * The datasets that were on the list within a span, by department and code, with their rows as the publications tell
 * them: what analysts saw then, not what is held today. A dataset that has left the list by the end holds nothing.
 */
export async function readAmounts(
  db: Kysely<ControlDatabase>,
  { before, begin, cutoff }: Instants,
): Promise<Omit<ReportedDataset, 'attainment'>[]> {
  const { rows } = await sql<Omit<ReportedDataset, 'attainment'>>`
    select d.id, d.code, d.name, d.department, p.name as "departmentName", d.sharing_type as "sharingType",
      promised.cycle, not guiji.has_clock(promised.cycle) as "noClock",
      case when d.retired_at <= ${cutoff} then 0 else coalesce(at_end.held, 0) end as held,
      coalesce(at_begin.held, 0) as "heldBefore",
      coalesce(at_end.received, 0) - coalesce(at_begin.received, 0) as received,
      coalesce(at_begin.received, 0) - coalesce(at_before.received, 0) as "receivedBefore",
      rejects.rejected, rejects.open as "openRejects"
    from guiji.dataset d
    join guiji.department p on p.code = d.department
    join lateral (${commitmentBefore(cutoff)}) promised on true
    left join lateral (${publishedAt(cutoff)}) at_end on true
    left join lateral (${publishedAt(begin)}) at_begin on true
    left join lateral (${publishedAt(before)}) at_before on true
    cross join lateral (
      select count(*) filter (where r.first_at >= ${begin}) as rejected,
        count(*) filter (where r.closed_at is null or r.closed_at >= ${cutoff}) as open
      from guiji.reject r where r.dataset_id = d.id and r.first_at < ${cutoff}) rejects
    where (d.retired_at is null or d.retired_at > ${begin})
      and exists (select from guiji.commitment c where c.dataset_id = d.id and (c.recorded_at < ${cutoff}
        or c.effective_from <= (${cutoff}::timestamptz at time zone c.time_zone)::date))
    order by d.department, d.code`.execute(db)
  return rows
}

/** The commitment in force just before an instant, else the first to come: the rule of `guiji.verdicts`. */
function commitmentBefore(instant: Date) {
  const last = new Date(instant.getTime() - 1)
  return sql`
    select c.cycle from guiji.commitment c
    cross join lateral (select c.effective_from <= (${last}::timestamptz at time zone c.time_zone)::date as in_force) standing
    where c.dataset_id = d.id
    order by standing.in_force desc, case when standing.in_force then c.effective_from end desc, c.effective_from limit 1`
}

function publishedAt(instant: Date) {
  return sql`
    select b.held_after as held, b.received_after as received
    from guiji.publication b where b.dataset_id = d.id and b.at < ${instant}
    order by b.at desc, b.id desc limit 1`
}
