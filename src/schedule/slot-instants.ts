import { withinHours } from './allowed-hours.ts'
import { type CronProblem, isCronProblem, parseCron } from './cron.ts'
import { cronInstants } from './cron-instants.ts'
import { type OwedPeriod, tries } from './tries.ts'

const dayLength = 86_400_000
/** After a longer stop than this, slots that were never planned are not made up for the record. */
const reachBack = 7 * dayLength

/** What the slots of one harvest follow from. */
export interface Pace {
  readonly harvestId: bigint
  /** Cron expression; null: the promise sets the pace. */
  readonly cadence: string | null
  readonly timeZone: string
  /** Local hours of the source. */
  readonly hours: string | null
  /** Milliseconds over which slots with a cadence are spread. */
  readonly jitter: number
}

export interface SlotInstant {
  /** Before jitter and the hours of the source moved it. */
  readonly meantAt: Date
  readonly instant: Date
}

export interface PlanWindow {
  readonly now: Date
  /** All slots meant for this instant or earlier are planned; null: none was ever planned. */
  readonly plannedThrough: Date | null
  /** Slots meant up to and with this instant are wanted. */
  readonly until: Date
}

/**
 * The slots of a harvest that follow on those already planned, in order. They depend on the pace, the periods owed
 * and the last planned instant, never on when this is asked.
 *
 * A harvest that never had a slot begins now: with a cadence at its next instant, else also with the last try that a
 * period owed at the moment should have had.
 */
export function slotInstants(
  pace: Pace,
  owed: readonly OwedPeriod[],
  { now, plannedThrough, until }: PlanWindow,
): SlotInstant[] | CronProblem {
  const after = beginning(pace, now, plannedThrough)
  if (pace.cadence !== null) return ofCadence(pace, pace.cadence, after, until)
  const found = ofPromise(pace, owed, after, until)
  if (plannedThrough !== null) return found
  const missed = found.filter(({ meantAt }) => meantAt <= now).at(-1)
  return found.filter((slot) => slot.meantAt > now || slot === missed)
}

/** The harvest's own place in [0, 1), always the same. */
export function spreadOf(harvestId: bigint): number {
  return Number((harvestId * 2_654_435_761n) % 4_294_967_296n) / 4_294_967_296
}

function beginning({ cadence }: Pace, now: Date, plannedThrough: Date | null): Date {
  if (plannedThrough === null) return cadence === null ? new Date(now.getTime() - dayLength) : now
  return new Date(Math.max(plannedThrough.getTime(), now.getTime() - reachBack))
}

function ofCadence(pace: Pace, cadence: string, after: Date, until: Date): SlotInstant[] | CronProblem {
  const cron = parseCron(cadence)
  if (isCronProblem(cron)) return cron
  const allowed = allowedOf(pace)
  const offset = Math.floor((allowed.spread * pace.jitter) / 1000) * 1000
  return cronInstants(cron, pace.timeZone, after, until).map((meantAt) => ({
    meantAt,
    instant: withinHours(new Date(meantAt.getTime() + offset), allowed),
  }))
}

function ofPromise(pace: Pace, owed: readonly OwedPeriod[], after: Date, until: Date): SlotInstant[] {
  const allowed = allowedOf(pace)
  return owed
    .flatMap((period) =>
      tries(period, allowed.spread, after, until).map((meantAt) => ({
        meantAt,
        instant: withinHours(meantAt, allowed, {
          readyAt: period.readyAt,
          deadline: meantAt < period.dueAt ? period.dueAt : period.lateAt,
        }),
      })),
    )
    .toSorted((one, other) => one.meantAt.getTime() - other.meantAt.getTime())
}

function allowedOf({ harvestId, hours, timeZone }: Pace) {
  return { hours: hours ?? undefined, timeZone, spread: spreadOf(harvestId) }
}
