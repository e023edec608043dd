import type { Kysely } from 'kysely'
import type { ControlDatabase } from '../catalog-schema/control/database.ts'
import type { HarvestOutcome } from '../src/harvest/harvest-many.ts'
import { type SlotOutcome, type SlotWork, workSlots } from '../src/schedule/run-slots.ts'
import { countDue } from '../src/schedule/skip-slots.ts'
import { tick } from '../src/schedule/tick.ts'
import { horizonDays } from '../src/workspace/apply-workspace.ts'
import type { Shell } from './shell.ts'

/** One beat of the clock, for those who call guiji from the machine's own cron. Returns how many slots are due. */
export async function planDue(shell: Shell, db: Kysely<ControlDatabase>): Promise<number> {
  const now = new Date(shell.clock())
  await tick(db, { now, horizonDays, thorough: true })
  return await countDue(db, now)
}

/**
 * Runs slots until none is due. They are the same slots as the service takes, so both can run side by side; a call
 * that is killed leaves its slots to the next one as soon as its lease has run out.
 */
export async function harvestDue(
  shell: Shell,
  work: Pick<SlotWork, 'engine' | 'db' | 'worker' | 'concurrency' | 'full'>,
): Promise<HarvestOutcome[]> {
  const outcomes: SlotOutcome[] = []
  await workSlots({
    ...work,
    signal: shell.signal,
    cancel: shell.signal,
    once: true,
    onOutcome: (outcome) => outcomes.push(outcome),
    // What went wrong is told once: with the outcome of the slot.
    onTrouble: () => {},
  })
  return outcomes.flatMap(({ target, summary, error }) => {
    if (target === undefined) return []
    return [summary === undefined ? { target, error } : { target, summary }]
  })
}
