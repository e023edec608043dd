import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type Calendar, loadCalendars, unknownCalendar } from './calendar.ts'
import { type Commitment, loadCommitments } from './commitments.ts'
import { type Due, dueOf, type Terms } from './due.ts'
import { type Period, periodsBetween } from './periods.ts'
import { reviseDeadlines } from './revise-deadlines.ts'
import { inSeason } from './seasons.ts'
import { applyWaivers } from './waivers.ts'

const dayLength = 86_400_000
/** How far back a promise that began earlier is planned at first. */
const reachBack = 400 * dayLength

export interface PlanOptions {
  readonly now: Date
  /** Every period that starts before `now` + this is planned. */
  readonly horizonDays: number
  /** Absent: all datasets. */
  readonly datasetIds?: readonly bigint[]
}

/**
 * Plans the occurrences of all commitments up to the horizon: exactly one per period and commitment, however often
 * and from how many processes it is called. Commitments with equal terms are planned together, in one statement.
 * A version owes the periods that start while it is in force; the period that had begun before a commitment's first
 * day is not owed, nor is one that was already late when the commitment was recorded. Occurrences whose deadline
 * was counted without a calendar are counted again once it is known, and announced delays are kept to.
 *
 * @returns how many occurrences are new
 */
export async function planOccurrences(
  db: Kysely<ControlDatabase>,
  options: PlanOptions,
): Promise<{ planned: number }> {
  const until = new Date(options.now.getTime() + options.horizonDays * dayLength)
  const calendars = await loadCalendars(db)
  await reviseDeadlines(db, calendars, { now: options.now })
  let planned = 0
  for (const group of groupByTerms(await loadCommitments(db, options.datasetIds), options.now, until)) {
    planned += await planGroup(db, group, calendars.get(group.calendar) ?? unknownCalendar, until)
  }
  await applyWaivers(db, options.now, options.datasetIds)
  return { planned }
}

/** Commitments whose occurrences are the same instants. */
interface Group {
  readonly terms: Terms
  readonly calendar: string
  /** Periods that ended by here are not planned. */
  readonly from: Date
  readonly members: Commitment[]
}

function groupByTerms(commitments: readonly Commitment[], now: Date, until: Date): Group[] {
  const groups = new Map<string, Group>()
  const earliest = new Date(now.getTime() - reachBack)
  for (const commitment of commitments) {
    const { terms, calendar, plannedThrough, to } = commitment
    const from = latest(plannedThrough ?? earliest, commitment.from)
    if (from >= until || (to !== undefined && from >= to)) continue
    const key = JSON.stringify([terms, calendar, from])
    const group = groups.get(key) ?? { terms, calendar, from, members: [] }
    groups.set(key, group)
    group.members.push(commitment)
  }
  return [...groups.values()]
}

async function planGroup(
  db: Kysely<ControlDatabase>,
  { terms, from, members }: Group,
  calendar: Calendar,
  until: Date,
): Promise<number> {
  const owed = periodsBetween(terms.cycle, terms.timeZone, from, until)
    .filter((period) => inSeason(period, terms.seasons))
    .map((period) => ({ period, due: dueOf(period, terms, calendar) }))
  if (owed.length === 0) return 0
  const { numAffectedRows } = await sql`
    insert into guiji.occurrence
      (commitment_id, dataset_id, period, period_start, period_end, due_at, late_at, provisional)
    select c.id, c.dataset_id, p.period, p.starts, p.ends, p.due_at, p.late_at, p.provisional
    from ${memberRows(members)} as m (id, owes_from, owes_to)
    join guiji.commitment c on c.id = m.id
    join ${periodRows(owed)} as p (period, starts, ends, due_at, late_at, provisional)
      on p.starts >= m.owes_from and (m.owes_to is null or p.starts < m.owes_to) and p.late_at >= c.recorded_at
    order by c.id, p.starts
    on conflict (commitment_id, period_start) do nothing`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

function memberRows(members: readonly Commitment[]) {
  return sql`unnest(${members.map(({ id }) => id)}::bigint[], ${members.map(({ from }) => from.toISOString())}::timestamptz[],
    ${members.map(({ to }) => to?.toISOString() ?? null)}::timestamptz[])`
}

function periodRows(owed: readonly { readonly period: Period; readonly due: Due }[]) {
  const instants = (of: (row: (typeof owed)[number]) => Date) => owed.map((row) => of(row).toISOString())
  return sql`unnest(${owed.map(({ period }) => period.label)}::text[],
    ${instants(({ period }) => period.start)}::timestamptz[], ${instants(({ period }) => period.end)}::timestamptz[],
    ${instants(({ due }) => due.dueAt)}::timestamptz[], ${instants(({ due }) => due.lateAt)}::timestamptz[],
    ${owed.map(({ due }) => due.provisional)}::boolean[])`
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other
}
