import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { judge } from '../freshness/judge.ts'
import { planOccurrences } from '../freshness/plan-occurrences.ts'
import { planSlots } from './plan-slots.ts'
import { replanChangedSlots } from './replan-slots.ts'
import { skipSlots } from './skip-slots.ts'
import { giveBackOfDead } from './workers.ts'

const hour = 3_600_000
/** How far ahead slots are planned; a harvest is looked at again when half of it is over. */
const lookAhead = 24 * hour
/** Harvests planned for less than this are all planned now; of the others one batch a tick. */
const pressing = hour
/** Harvests planned in one transaction. */
const batch = 2000

export interface TickOptions {
  readonly now: Date
  /** How far ahead occurrences are planned. */
  readonly horizonDays: number
  /** Also plan occurrences and judge every promise: once an hour is enough. */
  readonly thorough: boolean
}

export interface Ticked {
  /** Slots that are new. */
  readonly planned: number
  /** Harvests whose cadence cannot be read. */
  readonly unreadable: readonly bigint[]
}

/**
 * One beat of the clock: brings promises, verdicts and slots up to `now`. It reads the store and nothing else, so a
 * beat that is lost is made up by the next, and one that comes twice, late or from two processes changes nothing.
 */
export async function tick(db: Kysely<ControlDatabase>, options: TickOptions): Promise<Ticked> {
  const { now, horizonDays, thorough } = options
  if (thorough) {
    await planOccurrences(db, { now, horizonDays })
    await replanChangedSlots(db, now)
    await judge(db, { now })
  } else await judgeDeadlines(db, now)
  const ticked = await planAhead(db, now)
  await giveBackOfDead(db)
  await skipSlots(db, now)
  return ticked
}

async function planAhead(db: Kysely<ControlDatabase>, now: Date): Promise<Ticked> {
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
  const options = { now, until: after(lookAhead), atLeast: after(lookAhead / 2), limit: batch }
  const plans = []
  let more = true
  while (more) {
    const plan = await planSlots(db, options)
    more = plan.harvests === batch && (plan.furthest === null || plan.furthest < after(pressing))
    plans.push(plan)
  }
  return {
    planned: plans.reduce((sum, { planned }) => sum + planned, 0),
    unreadable: plans.flatMap(({ problems }) => problems.map(({ harvestId }) => harvestId)),
  }
}

/** Between two thorough beats only a deadline can change a verdict: runs are judged when they end. */
async function judgeDeadlines(db: Kysely<ControlDatabase>, now: Date): Promise<void> {
  const { rows } = await sql<{ id: bigint }>`
    select distinct dataset_id as id from guiji.occurrence
    where outcome = 'pending' and due_at <= ${now} and late_at < ${now}`.execute(db)
  if (rows.length > 0) await judge(db, { now, datasetIds: rows.map(({ id }) => id) })
}
