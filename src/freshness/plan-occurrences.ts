import { type Kysely, sql } from 'kysely'
import pLimit from 'p-limit'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type Calendar, loadCalendars, unknownCalendar } from './calendar.ts'
import { type Commitment, loadCommitments } from './commitments.ts'
import type { Terms } from './due.ts'
import { type OwedPeriod, owedPeriods } from './owed-periods.ts'
import { reviseDeadlines } from './revise-deadlines.ts'
import { applyWaivers } from './waivers.ts'

const dayLength = 86_400_000
/** Hours are planned no further ahead than this: a year of them would be most of all rows, and serve nobody. */
const hoursAhead = 3 * dayLength
/** Periods planned in one statement: as many as PostgreSQL sorts in memory, however large the city. */
const rowsAtOnce = 25_000
const manyRows = 10_000
/** How far back a promise that began earlier is planned at first. */
const reachBack = 400 * dayLength

export interface PlanOptions {
  readonly now: Date
  /** Every period that starts before `now` + this is planned; hours at most three days ahead. */
  readonly horizonDays: number
  /** Absent: all datasets. */
  readonly datasetIds?: readonly bigint[]
}

/**
 * Plans the occurrences of all commitments up to the horizon: exactly one per period and commitment, however often
 * and from how many processes it is called. Periods and deadlines are worked out once for all commitments with equal terms.
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
  const groups = groupByTerms(await loadCommitments(db, options.datasetIds), options.now, until)
  // A transaction has one connection; otherwise PostgreSQL works on two groups at a time.
  const limit = pLimit(db.isTransaction ? 1 : 2)
  const counts = await limit.map(groups, (group) =>
    planGroup(db, group, calendars.get(group.calendar) ?? unknownCalendar),
  )
  const planned = counts.reduce((sum, count) => sum + count, 0)
  // PostgreSQL must not think the table small until it looks by itself: the judge's plan would be one for a few rows.
  if (planned >= manyRows) await sql`analyze guiji.occurrence`.execute(db)
  await applyWaivers(db, options.now, options.datasetIds)
  return { planned }
}

/** Commitments whose occurrences are the same instants. */
interface Group {
  readonly terms: Terms
  readonly calendar: string
  /** Periods that ended by here are not planned. */
  readonly from: Date
  /** Nor those that start here or later. */
  readonly until: Date
  readonly members: Commitment[]
}

function groupByTerms(commitments: readonly Commitment[], now: Date, horizon: Date): Group[] {
  const groups = new Map<string, Group>()
  const earliest = new Date(now.getTime() - reachBack)
  for (const commitment of commitments) {
    const { terms, calendar, plannedThrough, to } = commitment
    const from = latest(plannedThrough ?? earliest, commitment.from)
    const until = horizonOf(terms, now, horizon)
    if (from >= until || (to !== undefined && from >= to)) continue
    const key = JSON.stringify([terms, calendar, from])
    const group = groups.get(key) ?? { terms, calendar, from, until, members: [] }
    groups.set(key, group)
    group.members.push(commitment)
  }
  return [...groups.values()]
}

async function planGroup(
  db: Kysely<ControlDatabase>,
  { terms, from, until, members }: Group,
  calendar: Calendar,
): Promise<number> {
  const owed = owedPeriods(terms, calendar, from, until)
  const slice = Math.max(1, Math.floor(rowsAtOnce / owed.length))
  let planned = 0
  for (let at = 0; at < members.length && owed.length > 0; at += slice) {
    planned += await insertOccurrences(db, members.slice(at, at + slice), owed)
  }
  return planned
}

/** In order of commitments, so that planners in several processes wait for each other instead of failing. */
async function insertOccurrences(
  db: Kysely<ControlDatabase>,
  members: readonly Commitment[],
  owed: readonly OwedPeriod[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into guiji.occurrence
      (commitment_id, dataset_id, period, period_start, period_end, due_at, late_at, provisional)
    select m.id, m.dataset_id, p.period, p.starts, p.ends, p.due_at, p.late_at, p.provisional
    from ${memberRows(members)} as m (id, dataset_id, owes_from, owes_to, recorded_at)
    join ${periodRows(owed)} as p (period, starts, ends, due_at, late_at, provisional)
      on p.starts >= m.owes_from and (m.owes_to is null or p.starts < m.owes_to) and p.late_at >= m.recorded_at
    order by m.id, p.starts
    on conflict (commitment_id, period_start) do nothing`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

function memberRows(members: readonly Commitment[]) {
  const instants = (of: (member: Commitment) => Date | undefined) =>
    members.map((member) => of(member)?.toISOString() ?? null)
  return sql`unnest(${members.map(({ id }) => id)}::bigint[], ${members.map(({ datasetId }) => datasetId)}::bigint[],
    ${instants(({ from }) => from)}::timestamptz[], ${instants(({ to }) => to)}::timestamptz[],
    ${instants(({ recordedAt }) => recordedAt)}::timestamptz[])`
}

function periodRows(owed: readonly OwedPeriod[]) {
  const instants = (of: (row: (typeof owed)[number]) => Date) => owed.map((row) => of(row).toISOString())
  return sql`unnest(${owed.map(({ period }) => period.label)}::text[],
    ${instants(({ period }) => period.start)}::timestamptz[], ${instants(({ period }) => period.end)}::timestamptz[],
    ${instants(({ due }) => due.dueAt)}::timestamptz[], ${instants(({ due }) => due.lateAt)}::timestamptz[],
    ${owed.map(({ due }) => due.provisional)}::boolean[])`
}

function horizonOf({ cycle }: Terms, now: Date, horizon: Date): Date {
  const hours = new Date(now.getTime() + hoursAhead)
  return (cycle === 'hourly' || cycle === 'realtime') && hours < horizon ? hours : horizon
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other
}
