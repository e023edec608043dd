import { reapLostRuns } from '../src/harvest/lifecycle/reap.ts'
import { openAlerts } from './open-alerts.ts'
import type { Session } from './session.ts'
import type { Shell } from './shell.ts'

/** What follows a tick: runs on which nobody works are declared lost, and people are told of what changed. */
export interface AfterTick extends AsyncDisposable {
  /** Begins at once, or not at all while the last one is still under way. */
  begin(): void
}

export async function openAfterTick(
  { clock, secrets, signal }: Shell,
  { db, pool, settings, directory }: Session,
  onTrouble: (error: unknown) => void,
): Promise<AfterTick> {
  const alerts = await openAlerts({ db, settings, directory, clock, secrets })
  let underway: Promise<void> | undefined
  const follow = async () => {
    await reapLostRuns(pool)
    await alerts.check(signal)
  }
  return {
    begin() {
      if (underway !== undefined || signal.aborted) return
      underway = follow()
        .catch((error: unknown) => {
          if (!signal.aborted) onTrouble(error)
        })
        .finally(() => {
          underway = undefined
        })
    },
    async [Symbol.asyncDispose]() {
      await underway
    },
  }
}
