import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'

const everyMilliseconds = 60_000

/** The store's clock as this process reads it, until it is disposed of. */
export interface StoreClock extends Disposable {
  /** Milliseconds since 1970. */
  now(): number
}

/**
 * One clock for all machines: that of the store, compared every minute. A machine whose own clock is wrong neither
 * runs slots too early nor dates a run into a period that had not ended.
 */
export async function followStoreClock(
  db: Kysely<ControlDatabase>,
  ownClock: () => number = Date.now,
): Promise<StoreClock> {
  let offset = await offsetOf(db, ownClock)
  const timer = setInterval(() => {
    offsetOf(db, ownClock).then(
      (found) => {
        offset = found
      },
      // While the store is away the last comparison holds.
      () => {},
    )
  }, everyMilliseconds)
  return { now: () => ownClock() + offset, [Symbol.dispose]: () => clearInterval(timer) }
}

async function offsetOf(db: Kysely<ControlDatabase>, ownClock: () => number): Promise<number> {
  const asked = ownClock()
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  const answered = ownClock()
  return (rows[0]?.now.getTime() ?? answered) - Math.round((asked + answered) / 2)
}
