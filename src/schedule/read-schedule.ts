import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type CronProblem, isCronProblem } from './cron.ts'
import { owedPeriods } from './owed-periods.ts'
import { harvestsWithPace, type PaceRow, readPaces } from './paces.ts'
import { slotInstants } from './slot-instants.ts'
import type { OwedPeriod } from './tries.ts'

/** A slot that comes next, and why. */
export interface ComingSlot {
  readonly dataset: string
  readonly instant: Date
  /** Where it differs from `instant`, jitter or the hours of the source moved it. */
  readonly meantAt: Date
  readonly origin: 'cadence' | 'promise'
  /** The cron expression it follows. */
  readonly cadence: string | null
  readonly missedSlots: 'none' | 'latest' | 'all'
  /** The newest period that it can serve; null: nothing is owed then. */
  readonly serves: Serves | null
  /** `taken`: under way. `due`: waits for a worker or its source. `planned`: on record. `foreseen`: computed. */
  readonly state: 'taken' | 'due' | 'planned' | 'foreseen'
}

export interface Serves {
  readonly period: string
  readonly dueAt: Date
  readonly lateAt: Date
}

/** A harvest without a slot in that time, and why. */
export interface WithoutSlot {
  readonly dataset: string
  readonly reason: 'off' | 'no-clock' | 'unreadable' | 'nothing-owed' | 'none'
  readonly problem?: CronProblem
}

export interface Schedule {
  readonly slots: readonly ComingSlot[]
  readonly without: readonly WithoutSlot[]
}

export interface ScheduleOptions {
  readonly now: Date
  readonly until: Date
  /** Absent: all datasets. */
  readonly datasetIds?: readonly bigint[]
}

interface Harvest extends PaceRow {
  readonly dataset: string
  readonly missedSlots: ComingSlot['missedSlots']
  readonly hasClock: boolean
}

interface Recorded {
  readonly harvestId: bigint
  readonly instant: Date
  readonly meantAt: Date
  readonly origin: ComingSlot['origin']
  readonly state: 'planned' | 'taken'
}

/** What comes next, in order: the slots on record, and those that will follow if nothing changes. Writes nothing. */
export async function readSchedule(db: Kysely<ControlDatabase>, options: ScheduleOptions): Promise<Schedule> {
  const harvests = await readHarvests(db, options)
  const owed = await owedPeriods(
    db,
    harvests.map(({ datasetId }) => datasetId),
    options.until,
  )
  const recorded = Map.groupBy(await readRecorded(db, options), ({ harvestId }) => harvestId)
  const slots: ComingSlot[] = []
  const without: WithoutSlot[] = []
  for (const harvest of harvests) {
    const periods = owed.get(harvest.datasetId) ?? []
    const found = slotsOf(harvest, recorded.get(harvest.harvestId) ?? [], periods, options)
    if (Array.isArray(found) && found.length > 0) slots.push(...found)
    else without.push(withoutSlot(harvest, found, periods))
  }
  return { slots: slots.toSorted((one, other) => +one.instant - +other.instant), without }
}

function slotsOf(
  harvest: Harvest,
  recorded: readonly Recorded[],
  owed: readonly OwedPeriod[],
  { now, until }: ScheduleOptions,
): ComingSlot[] | CronProblem {
  if (harvest.basis === 'off') return []
  const { cadence, missedSlots, dataset } = harvest
  const holds = harvest.basis === harvest.plannedBasis
  const plannedThrough = holds || harvest.plannedThrough === null ? harvest.plannedThrough : now
  const following = slotInstants(harvest, owed, { now, plannedThrough, until })
  if (isCronProblem(following)) return following
  const known = new Set(recorded.map(({ instant }) => instant.getTime()))
  const about = { dataset, cadence, missedSlots, origin: originOf(cadence) }
  return [
    ...recorded.map((slot) => ({ ...about, ...slot, state: stateOf(slot, now) })),
    ...following
      .filter(({ instant }) => !known.has(instant.getTime()))
      .map((slot) => ({ ...about, ...slot, state: 'foreseen' as const })),
  ].map(({ instant, meantAt, origin, state }) => {
    return { ...about, instant, meantAt, origin, state, serves: servedAt(instant, owed) }
  })
}

function originOf(cadence: string | null): ComingSlot['origin'] {
  return cadence === null ? 'promise' : 'cadence'
}

function stateOf({ state, instant }: Recorded, now: Date): ComingSlot['state'] {
  if (state === 'taken') return 'taken'
  return instant <= now ? 'due' : 'planned'
}

function servedAt(instant: Date, owed: readonly OwedPeriod[]): Serves | null {
  const period = owed.findLast(({ readyAt }) => readyAt <= instant)
  return period === undefined ? null : { period: period.period, dueAt: period.dueAt, lateAt: period.lateAt }
}

function withoutSlot(
  { dataset, basis, hasClock, cadence }: Harvest,
  found: readonly ComingSlot[] | CronProblem,
  owed: readonly OwedPeriod[],
): WithoutSlot {
  if (isCronProblem(found)) return { dataset, reason: 'unreadable', problem: found }
  if (basis === 'off') return { dataset, reason: 'off' }
  if (cadence !== null) return { dataset, reason: 'none' }
  if (!hasClock) return { dataset, reason: 'no-clock' }
  return { dataset, reason: owed.length === 0 ? 'nothing-owed' : 'none' }
}

async function readHarvests(
  db: Kysely<ControlDatabase>,
  { datasetIds }: ScheduleOptions,
): Promise<Harvest[]> {
  const chosen = sql`where ${datasetIds === undefined} or d.id = any(${datasetIds ?? []}::bigint[])`
  const paces = await readPaces(
    db,
    sql`from ${harvestsWithPace} left join guiji.slot_plan p on p.harvest_id = h.id ${chosen} order by d.code`,
  )
  const { rows } = await sql<Pick<Harvest, 'harvestId' | 'dataset' | 'missedSlots' | 'hasClock'>>`
    select h.id as "harvestId", d.code as dataset,
      coalesce(h.definition ->> 'missedSlots', 'latest') as "missedSlots",
      exists (select from guiji.commitment c where c.dataset_id = d.id and guiji.has_clock(c.cycle)) as "hasClock"
    from ${harvestsWithPace} ${chosen}`.execute(db)
  const facts = new Map(rows.map((row) => [row.harvestId, row]))
  return paces.flatMap((pace) => {
    const fact = facts.get(pace.harvestId)
    return fact === undefined ? [] : [{ ...pace, ...fact }]
  })
}

async function readRecorded(
  db: Kysely<ControlDatabase>,
  { until, datasetIds }: ScheduleOptions,
): Promise<Recorded[]> {
  const { rows } = await sql<Recorded>`
    select s.harvest_id as "harvestId", s.instant, s.meant_at as "meantAt", s.origin, s.state
    from guiji.slot s join guiji.harvest h on h.id = s.harvest_id
    where s.state in ('planned', 'taken') and s.instant <= ${until}
      and (${datasetIds === undefined} or h.dataset_id = any(${datasetIds ?? []}::bigint[]))
    order by s.instant`.execute(db)
  return rows
}
