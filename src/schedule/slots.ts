import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { readyAt, unsettled } from '../freshness/occurrence-rows.ts'
import { withinHours } from './allowed-hours.ts'
import { type CronProblem, isCronProblem, parseCron } from './cron.ts'
import { cronInstants } from './cron-instants.ts'
import { type OwedPeriod, tries } from './tries.ts'

const dayLength = 86_400_000
/** After a longer stop than this, slots that were never planned are not made up for the record. */
const reachBack = 7 * dayLength

export interface SlotOptions {
  readonly now: Date
  /** Slots are planned up to and with this instant. */
  readonly until: Date
}

export interface SlotPlan {
  readonly planned: number
  /** Harvests whose cadence cannot be read; they have no slots. */
  readonly problems: readonly { readonly harvestId: bigint; readonly problem: CronProblem }[]
}

interface HarvestRow {
  id: bigint
  dataset_id: bigint
  cadence: string | null
  hours: string | null
  time_zone: string
  previous: Date | null
}

interface Slot {
  readonly harvestId: bigint
  readonly instant: Date
}

/**
 * Plans the slots of all enabled harvests, each from its previous slot on, so that the rhythm never drifts with the
 * time at which this happens to run: calling it late, twice or from several processes gives the same slots. A
 * cadence means what it says in the commitment's zone; without one, slots follow from the periods that are owed
 * (see `tries`), and a dataset without a clock has none. Instants outside a source's hours move to their beginning.
 *
 * A harvest without any slot begins now: with a cadence at its next instant, else also with the last try that a
 * period owed at the moment should have had.
 */
export async function planSlots(db: Kysely<ControlDatabase>, options: SlotOptions): Promise<SlotPlan> {
  const harvests = await loadHarvests(db)
  const owed = await loadOwed(db, options.until)
  const slots: Slot[] = []
  const problems: SlotPlan['problems'][number][] = []
  for (const harvest of harvests) {
    const instants = instantsOf(harvest, owed.get(harvest.dataset_id) ?? [], options)
    if (!Array.isArray(instants)) {
      problems.push({ harvestId: harvest.id, problem: instants })
      continue
    }
    const place = spreadOf(harvest.id)
    for (const instant of instants) {
      const moved = withinHours(instant, harvest.hours ?? undefined, harvest.time_zone, place)
      slots.push({ harvestId: harvest.id, instant: moved })
    }
  }
  return { planned: await insertSlots(db, slots), problems }
}

/**
 * To be called when a harvest's cadence, its commitment, its source's hours or its being enabled changed: forgets
 * the slots that lie ahead and goes on from now, so that editing never sets off runs for the past.
 */
export async function replanSlots(
  db: Kysely<ControlDatabase>,
  harvestIds: readonly bigint[],
  now: Date,
): Promise<void> {
  await sql`delete from guiji.slot
    where harvest_id = any(${harvestIds}::bigint[]) and state = 'planned' and instant > ${now}`.execute(db)
  await sql`
    insert into guiji.slot (harvest_id, instant, state, reason)
    select id, ${now}, 'skipped', 'replanned' from guiji.harvest where id = any(${harvestIds}::bigint[])
    on conflict (harvest_id, instant) do nothing`.execute(db)
}

/** The harvest's own place in [0, 1), always the same. */
export function spreadOf(harvestId: bigint): number {
  return Number((harvestId * 2_654_435_761n) % 4_294_967_296n) / 4_294_967_296
}

function instantsOf(
  harvest: HarvestRow,
  owed: readonly OwedPeriod[],
  { now, until }: SlotOptions,
): Date[] | CronProblem {
  const earliest = new Date(now.getTime() - (harvest.previous === null ? dayLength : reachBack))
  const after = harvest.previous !== null && harvest.previous > earliest ? harvest.previous : earliest
  if (harvest.cadence !== null) {
    const cron = parseCron(harvest.cadence)
    if (isCronProblem(cron)) return cron
    return cronInstants(cron, harvest.time_zone, harvest.previous === null ? now : after, until)
  }
  const instants = owed.flatMap((period) => tries(period, spreadOf(harvest.id), after, until))
  if (harvest.previous !== null) return instants
  const last = instants
    .filter((instant) => instant <= now)
    .toSorted((one, other) => +one - +other)
    .at(-1)
  return instants.filter((instant) => instant > now || instant === last)
}

async function loadHarvests(db: Kysely<ControlDatabase>): Promise<HarvestRow[]> {
  const { rows } = await sql<HarvestRow>`
    select h.id, h.dataset_id, h.definition ->> 'cadence' as cadence,
      s.definition -> 'politeness' ->> 'hours' as hours, commitment.time_zone, previous.instant as previous
    from guiji.harvest h
    join guiji.dataset d on d.id = h.dataset_id and d.retired_at is null
    join guiji.source s on s.code = h.source and s.retired_at is null
    join lateral (
      select c.time_zone from guiji.commitment c where c.dataset_id = h.dataset_id
      order by c.effective_from desc limit 1) commitment on true
    left join lateral (
      select max(instant) as instant from guiji.slot where harvest_id = h.id) previous on true
    where h.enabled and h.retired_at is null`.execute(db)
  return rows
}

async function loadOwed(db: Kysely<ControlDatabase>, until: Date): Promise<Map<bigint, OwedPeriod[]>> {
  const { rows } = await sql<OwedPeriod & { readonly datasetId: bigint }>`
    select o.dataset_id as "datasetId", c.cycle, c.time_zone as "timeZone", o.period_start as "periodStart",
      o.period_end as "periodEnd", ${readyAt} as "readyAt", o.due_at as "dueAt", o.late_at as "lateAt",
      following.ready_at as "nextReadyAt"
    from guiji.occurrence o
    join guiji.commitment c on c.id = o.commitment_id
    join guiji.harvest h on h.dataset_id = o.dataset_id and h.enabled and not h.definition ? 'cadence'
    cross join lateral (select o.period_start) this
    left join lateral (
      select ${readyAt} as ready_at from guiji.occurrence o
      where o.dataset_id = h.dataset_id and o.period_start > this.period_start and o.outcome <> 'void'
      order by o.period_start limit 1) following on true
    where ${unsettled} and o.period_start <= ${until}
    order by o.period_start`.execute(db)
  const byDataset = new Map<bigint, OwedPeriod[]>()
  for (const row of rows) {
    const periods = byDataset.get(row.datasetId)
    if (periods === undefined) byDataset.set(row.datasetId, [row])
    else periods.push(row)
  }
  return byDataset
}

async function insertSlots(db: Kysely<ControlDatabase>, slots: readonly Slot[]): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into guiji.slot (harvest_id, instant)
    select harvest_id, instant
    from unnest(${slots.map(({ harvestId }) => harvestId)}::bigint[],
      ${slots.map(({ instant }) => instant.toISOString())}::timestamptz[]) as planned (harvest_id, instant)
    order by harvest_id, instant
    on conflict (harvest_id, instant) do nothing`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
