import { type Kysely, sql, type Transaction } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { type CronProblem, isCronProblem } from './cron.ts'
import { owedPeriods } from './owed-periods.ts'
import { basis, harvestsWithPace, type PaceRow, readPaces } from './paces.ts'
import { forgetAhead } from './replan-slots.ts'
import { type SlotInstant, slotInstants } from './slot-instants.ts'

const dayLength = 86_400_000

export interface SlotOptions {
  readonly now: Date
  /** Slots are planned up to and with this instant. */
  readonly until: Date
  /** Only harvests whose slots are not planned up to here. Default: `until`. */
  readonly atLeast?: Date
  /** Most harvests to plan in one call, the least planned first. Default: 2000. */
  readonly limit?: number
}

export interface SlotPlan {
  /** How many harvests were looked at: as many as the limit means that there may be more. */
  readonly harvests: number
  /** How far they were planned before, the furthest of them; null: not at all. */
  readonly furthest: Date | null
  readonly planned: number
  /** Harvests whose cadence cannot be read; they have no slots. */
  readonly problems: readonly { readonly harvestId: bigint; readonly problem: CronProblem }[]
}

/**
 * Plans the slots of those enabled harvests whose slots do not reach far enough, each from where its plan ends, so
 * that the rhythm never drifts with the time at which this happens to run: calling it late, twice or from several
 * processes gives the same slots. A cadence means what it says in the commitment's zone; without one, slots follow
 * from the periods that are owed (see `tries`), and a dataset without a clock has none.
 *
 * A harvest whose documents changed goes on from `now`; so does one that a wrong clock planned far into the future.
 * Processes that plan at once share the harvests.
 */
export async function planSlots(db: Kysely<ControlDatabase>, options: SlotOptions): Promise<SlotPlan> {
  return await db.transaction().execute(async (trx) => {
    await addPlans(trx)
    const paces = await lockPaces(trx, options)
    const planned = await planPaces(trx, await forgetChanged(trx, paces, options), options)
    return { ...planned, harvests: paces.length, furthest: furthestOf(paces) }
  })
}

/** A harvest that is new has no plan yet. */
async function addPlans(trx: Transaction<ControlDatabase>): Promise<void> {
  await sql`
    with fresh as materialized (
      select h.id from guiji.harvest h
      where h.enabled and not exists (select from guiji.slot_plan p where p.harvest_id = h.id)
    )
    insert into guiji.slot_plan (harvest_id, basis)
    select h.id, ${basis} from ${harvestsWithPace} where h.id in (select id from fresh)
    on conflict (harvest_id) do nothing`.execute(trx)
}

/** Harvests to plan, locked: what another process is planning is left to it. */
async function lockPaces(
  trx: Transaction<ControlDatabase>,
  { until, atLeast = until, limit = 2000 }: SlotOptions,
): Promise<PaceRow[]> {
  const tooFar = new Date(until.getTime() + dayLength)
  const { rows } = await sql<{ id: bigint }>`
    select harvest_id as id from guiji.slot_plan
    where basis <> 'off' and (planned_through is null or planned_through < ${atLeast} or planned_through > ${tooFar})
    order by planned_through nulls first limit ${limit}
    for update skip locked`.execute(trx)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return []
  return await readPaces(
    trx,
    sql`from ${harvestsWithPace} join guiji.slot_plan p on p.harvest_id = h.id
      where h.id = any(${ids}::bigint[]) order by h.id`,
  )
}

/** Of those whose plan does not hold any more, what lies ahead is forgotten and the plan begins now. */
async function forgetChanged(
  trx: Transaction<ControlDatabase>,
  paces: readonly PaceRow[],
  { now, until }: SlotOptions,
): Promise<PaceRow[]> {
  const stale = paces.filter(
    ({ basis, plannedBasis, plannedThrough }) =>
      basis !== plannedBasis || (plannedThrough !== null && plannedThrough > until),
  )
  await forgetAhead(
    trx,
    stale.map(({ harvestId }) => harvestId),
    now,
  )
  const begun = new Set(stale.filter(({ plannedThrough }) => plannedThrough !== null))
  return paces.map((pace) => (begun.has(pace) ? { ...pace, plannedThrough: now } : pace))
}

async function planPaces(
  trx: Transaction<ControlDatabase>,
  paces: readonly PaceRow[],
  { now, until }: SlotOptions,
): Promise<Pick<SlotPlan, 'planned' | 'problems'>> {
  const following = paces.filter(({ cadence }) => cadence === null).map(({ datasetId }) => datasetId)
  const owed = following.length === 0 ? new Map() : await owedPeriods(trx, following, until)
  const slots: (SlotInstant & { readonly pace: PaceRow })[] = []
  const problems: SlotPlan['problems'][number][] = []
  for (const pace of paces) {
    if (pace.basis === 'off') continue
    const window = { now, until, plannedThrough: pace.plannedThrough }
    const found = slotInstants(pace, owed.get(pace.datasetId) ?? [], window)
    if (isCronProblem(found)) problems.push({ harvestId: pace.harvestId, problem: found })
    else slots.push(...found.map((slot) => ({ ...slot, pace })))
  }
  const planned = await insertSlots(trx, slots)
  await recordPlans(trx, paces, problems, until)
  return { planned, problems }
}

function furthestOf(paces: readonly PaceRow[]): Date | null {
  const reached = paces.flatMap(({ plannedThrough }) => plannedThrough?.getTime() ?? [])
  return reached.length === 0 ? null : new Date(Math.max(...reached))
}

async function insertSlots(
  trx: Transaction<ControlDatabase>,
  slots: readonly (SlotInstant & { readonly pace: PaceRow })[],
): Promise<number> {
  if (slots.length === 0) return 0
  const { numAffectedRows } = await sql`
    insert into guiji.slot (harvest_id, source, origin, instant, meant_at)
    select * from unnest(${slots.map(({ pace }) => pace.harvestId)}::bigint[],
      ${slots.map(({ pace }) => pace.source)}::text[],
      ${slots.map(({ pace }) => (pace.cadence === null ? 'promise' : 'cadence'))}::text[],
      ${slots.map(({ instant }) => instant.toISOString())}::timestamptz[],
      ${slots.map(({ meantAt }) => meantAt.toISOString())}::timestamptz[])
    on conflict (harvest_id, instant) do nothing`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

async function recordPlans(
  trx: Transaction<ControlDatabase>,
  paces: readonly PaceRow[],
  problems: SlotPlan['problems'],
  until: Date,
): Promise<void> {
  if (paces.length === 0) return
  const problemOf = new Map(problems.map(({ harvestId, problem }) => [harvestId, JSON.stringify(problem)]))
  await sql`
    update guiji.slot_plan p set planned_through = ${until}, basis = planned.basis, problem = planned.problem
    from unnest(${paces.map(({ harvestId }) => harvestId)}::bigint[],
      ${paces.map((pace) => pace.basis)}::text[],
      ${paces.map(({ harvestId }) => problemOf.get(harvestId) ?? null)}::jsonb[]) as planned (id, basis, problem)
    where p.harvest_id = planned.id`.execute(trx)
}
