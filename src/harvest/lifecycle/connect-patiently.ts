import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

/** The server is starting or stopping, refuses for now, or has no connection left: in a moment it may have one. */
const passing = ['53300', '57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET']

const patience = { seconds: 30, first: 200, longest: 3000 }

export function isPassing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && passing.includes(String(error.code))
}

/**
 * A connection of the pool. A store that restarts, or whose connections are all taken by other programs, is asked
 * again for half a minute: a run that only waits for its turn must not fail for that.
 *
 * @throws the driver's error after that time, or at once where waiting would not help
 */
export async function connectPatiently(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  const until = performance.now() + patience.seconds * 1000
  for (let wait = patience.first; ; wait = Math.min(wait * 2, patience.longest)) {
    try {
      return await pool.connect()
    } catch (error) {
      if (!isPassing(error) || performance.now() + wait > until) throw error
      await sleep(wait, undefined, { signal })
    }
  }
}
