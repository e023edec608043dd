import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { judge } from '../freshness/judge.ts'
import type { Condition } from './condition.ts'
import { type DeliveryOptions, deliverWaiting } from './deliver.ts'
import type { Compose } from './message.ts'
import { readConditions } from './read-conditions.ts'
import { type AlertRules, type Changes, lockAlerts, recordChanges } from './record-changes.ts'

export interface CheckOptions extends DeliveryOptions {
  readonly db: Kysely<ControlDatabase>
  readonly rules: AlertRules
  readonly compose: Compose
  /** Longest time between two checks; a longer gap is an incident itself, and so is a planned run that waits longer. */
  readonly checkEveryMilliseconds: number
  /**
   * Tells a monitor elsewhere that the check ran, and whether it could. A platform that stands still cannot say so
   * itself: the silence has to be noticed from outside.
   */
  readonly heartbeat?: (signal: AbortSignal) => Promise<boolean>
}

export interface Checked extends Changes {
  readonly delivered: number
  /** Attempts that failed in this check; the messages wait for a later one. */
  readonly failed: number
  /** Absent: there is no monitor to tell. */
  readonly heartbeat?: boolean
}

/**
 * Looks at everything that can be wrong, records what changed since the last look, and sends what waits. Meant to be
 * called after each tick of the service, or from the machine's own cron. Any number of processes may call it at once.
 */
export async function checkAlerts(options: CheckOptions): Promise<Checked> {
  const { db, clock, rules, compose, checkEveryMilliseconds, heartbeat, signal } = options
  const now = new Date(clock())
  await judge(db, { now })
  const changes = await db.transaction().execute(async (transaction) => {
    await lockAlerts(transaction)
    const gap = await gapBefore(transaction, now, checkEveryMilliseconds)
    const conditions = await readConditions(transaction, { now, patience: checkEveryMilliseconds })
    const found = await recordChanges({ transaction, now, rules, compose }, [...gap, ...conditions])
    await sql`insert into guiji.alert_check (at) values (${now})
      on conflict (id) do update set at = excluded.at`.execute(transaction)
    return found
  })
  const deliveries = await deliverWaiting(db, options)
  const beaten = await heartbeat?.(signal)
  return { ...changes, ...deliveries, ...(beaten === undefined ? {} : { heartbeat: beaten }) }
}

/** Whether too long a time went by since the last check. */
async function gapBefore(
  db: Kysely<ControlDatabase>,
  now: Date,
  checkEveryMilliseconds: number,
): Promise<Condition[]> {
  const { rows } = await sql<{ at: Date }>`select at from guiji.alert_check`.execute(db)
  const last = rows[0]?.at
  if (last === undefined || now.getTime() - last.getTime() <= checkEveryMilliseconds) return []
  return [{ kind: 'check-did-not-run', source: null, department: null, cause: null, datasets: [] }]
}
