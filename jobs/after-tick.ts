import { reapLostRuns } from '../src/harvest/lifecycle/reap.ts'
import { dailyUpkeep } from '../src/history/daily.ts'
import { maintainedJson } from './maintained-json.ts'
import { openAlerts } from './open-alerts.ts'
import type { Session } from './session.ts'
import type { Shell } from './shell.ts'
import type { WorkLog } from './work-log.ts'

/**
 * What follows a tick: runs on which nobody works are declared lost, people are told of what changed, and once a day
 * the history is looked after.
 */
export interface AfterTick extends AsyncDisposable {
  /** Begins at once; what is still under way from the last tick is not begun again. */
  begin(): void
}

export async function openAfterTick(
  { clock, secrets, signal }: Shell,
  { db, pool, settings, directory }: Session,
  log: Pick<WorkLog, 'info' | 'trouble'>,
): Promise<AfterTick> {
  const alerts = await openAlerts({ db, settings, directory, clock, secrets })
  const upkeep = dailyUpkeep(pool, { zone: settings.timeZone, keep: settings.history })
  const tell = async () => {
    await reapLostRuns(pool)
    await alerts.check(signal)
  }
  const maintain = async () => {
    const maintained = await upkeep(new Date(clock()), signal)
    if (maintained !== undefined) log.info('maintained', maintainedJson(maintained))
  }
  const works = [tell, maintain].map((work) => oneAtATime(work, signal, log.trouble))
  return {
    begin() {
      for (const work of works) work.begin()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(works.map((work) => work.ended()))
    },
  }
}

/** Clearing a year of history takes its time: alerts do not wait for it. */
function oneAtATime(work: () => Promise<void>, signal: AbortSignal, onTrouble: (error: unknown) => void) {
  let underway: Promise<void> | undefined
  return {
    begin() {
      if (underway !== undefined || signal.aborted) return
      underway = work()
        .catch((error: unknown) => {
          if (!signal.aborted) onTrouble(error)
        })
        .finally(() => {
          underway = undefined
        })
    },
    ended: async () => await underway,
  }
}
