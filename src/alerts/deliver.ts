import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { AlertMessage, Sink } from './message.ts'

/** After this many attempts, some two and a half days, a message is given up; it stays on record. */
export const mostAttempts = 64
const longestPause = 60 * 60_000

/** Milliseconds one attempt may take. */
const attemptTimeout = 30_000

export interface DeliveryOptions {
  readonly sinks: readonly Sink[]
  readonly clock: () => number
  readonly signal: AbortSignal
  /** Takes secrets out of what is kept of a failure. */
  readonly redact: (text: string) => string
}

export interface Deliveries {
  readonly delivered: number
  readonly failed: number
}

/**
 * Sends what waits, each sink on its own: one that does not answer keeps no other waiting. A message is claimed by
 * a row lock that ends with its transaction: of several processes one sends it, and one that dies in between leaves
 * it waiting. So a message arrives at least once; twice only where the process died, or the connection broke, between
 * the sink's yes and the commit, and then with the same key.
 */
export async function deliverWaiting(
  db: Kysely<ControlDatabase>,
  options: DeliveryOptions,
): Promise<Deliveries> {
  const names = options.sinks.map(({ name }) => name)
  await sql`update guiji.alert_delivery set state = 'given-up', error = 'no such sink any more'
    where state = 'waiting' and sink <> all(${names}::text[])`.execute(db)
  const each = await Promise.all(options.sinks.map((sink) => deliverTo(db, sink, options)))
  return {
    delivered: each.reduce((sum, { delivered }) => sum + delivered, 0),
    failed: each.reduce((sum, { failed }) => sum + failed, 0),
  }
}

/** In the order of the incidents, until nothing is left or the sink fails. */
async function deliverTo(
  db: Kysely<ControlDatabase>,
  sink: Sink,
  options: DeliveryOptions,
): Promise<Deliveries> {
  for (let delivered = 0; ; delivered++) {
    options.signal.throwIfAborted()
    const outcome = await deliverNext(db, sink, options)
    if (outcome === 'none') return { delivered, failed: 0 }
    if (outcome === 'failed') return { delivered, failed: 1 }
  }
}

interface Claimed {
  readonly id: bigint
  readonly key: string
  readonly message: AlertMessage
  readonly attempts: number
}

function deliverNext(
  db: Kysely<ControlDatabase>,
  sink: Sink,
  { clock, signal, redact }: DeliveryOptions,
): Promise<'delivered' | 'failed' | 'none'> {
  return db.transaction().execute(async (transaction) => {
    const claimed = await claim(transaction, sink.name, new Date(clock()))
    if (claimed === undefined) return 'none'
    const failure = await attempt(sink, claimed, signal)
    const now = clock()
    if (failure === undefined) {
      await sql`update guiji.alert_delivery set state = 'delivered', delivered_at = ${new Date(now)},
        attempts = attempts + 1, error = null where id = ${claimed.id}`.execute(transaction)
      return 'delivered'
    }
    const attempts = claimed.attempts + 1
    await sql`update guiji.alert_delivery set attempts = ${attempts}, error = ${redact(failure)},
      state = ${attempts < mostAttempts ? 'waiting' : 'given-up'}, next_at = ${new Date(now + pauseAfter(attempts))}
      where id = ${claimed.id}`.execute(transaction)
    return 'failed'
  })
}

/** A message waits for those before it of the same incident: nobody hears of an end before the beginning. */
async function claim(db: Kysely<ControlDatabase>, sink: string, now: Date): Promise<Claimed | undefined> {
  const { rows } = await sql<Claimed>`
    select d.id, d.key, d.message, d.attempts from guiji.alert_delivery d
    where d.sink = ${sink} and d.state = 'waiting' and d.next_at <= ${now} and not exists (
      select from guiji.alert_delivery e
      where e.alert_id = d.alert_id and e.sink = d.sink and e.state = 'waiting' and e.id < d.id)
    order by d.id limit 1 for update of d skip locked`.execute(db)
  return rows[0]
}

/** What went wrong; undefined: it arrived. */
async function attempt(
  sink: Sink,
  { key, message }: Claimed,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await sink.deliver({ key, message }, AbortSignal.any([signal, AbortSignal.timeout(attemptTimeout)]))
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof Error ? error.message : String(error)
  }
}

/** One minute, two, four … up to an hour. */
export function pauseAfter(attempts: number): number {
  return Math.min(60_000 * 2 ** (attempts - 1), longestPause)
}
