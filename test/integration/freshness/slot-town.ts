import { sql } from 'kysely'
import { skipSlots } from '../../../src/schedule/skip-slots.ts'
import { type TakenSlot, takeSlots } from '../../../src/schedule/take-slots.ts'
import { startWorker } from '../../../src/schedule/workers.ts'
import type { City, Dataset } from './city.ts'

/** An instant of November 2026: `10T18:30`. */
export const at = (text: string) => new Date(`2026-11-${text}Z`)

/** `10T18:30 skipped missed`: the slots of a harvest as they stand, in order. */
export async function slotsOf(town: City, { harvest }: Dataset): Promise<string[]> {
  const { rows } = await sql<{ instant: Date; state: string; reason: string | null }>`
    select instant, state, reason from guiji.slot where harvest_id = ${harvest} order by instant`.execute(
    town.db,
  )
  return rows.map(({ instant, state, reason }) =>
    [instant.toISOString().slice(8, 16), state, reason].filter(Boolean).join(' '),
  )
}

export interface TestWorker extends AsyncDisposable {
  readonly id: bigint
  /** Takes what is due; it stays taken. */
  take(now: Date, limit?: number): Promise<TakenSlot[]>
  /** As if its process had been killed a minute ago. */
  die(): Promise<void>
}

export async function testWorker(town: City): Promise<TestWorker> {
  const { db } = town
  const started = await startWorker(db, { name: 'test', kind: 'worker', concurrency: 100 })
  return {
    id: started.id,
    async take(now, limit = 100) {
      await skipSlots(db, now)
      return await takeSlots(db, { workerId: started.id, now, limit })
    },
    async die() {
      await sql`update guiji.worker set lease_until = clock_timestamp() where id = ${started.id}`.execute(db)
    },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  }
}
