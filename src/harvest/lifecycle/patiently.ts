import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

/** The server is starting or stopping, refuses for now, or has no connection left: in a moment it may have one. */
const passing = ['53300', '57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET']

const patience = { seconds: 30, first: 200, longest: 3000 }

export function isPassing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && passing.includes(String(error.code))
}

/**
 * Asks something of the store that may be asked again, such as a connection. A store that restarts, or whose
 * connections are all taken by other programs, is asked again for half a minute: a run that only waits for its turn
 * must not fail for that. Where this process has some connections already, no more are asked for: all who come queue
 * for those, first come, first served.
 *
 * @throws the driver's error after that time, or at once where waiting would not help
 */
export async function patiently<Answer>(
  pool: pg.Pool,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const until = performance.now() + patience.seconds * 1000
  for (let wait = patience.first; ; wait = Math.min(wait * 2, patience.longest)) {
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error)) throw error
      if (makeDo(pool, error)) continue
      if (performance.now() + wait > until) throw error
      await sleep(wait, undefined, { signal })
    }
  }
}

/** For so long a pool makes do with what it has; then it may ask for more again. */
const makeDoSeconds = 60

/**
 * The server has no connection left for us: until it may have, the pool is as large as it is, less one for the lifeline.
 * False: it has none at all to make do with.
 */
function makeDo(pool: pg.Pool, error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error && error.code === '53300')) return false
  const most = pool.options.max
  const enough = Math.max(1, pool.totalCount - 1)
  if (pool.totalCount === 0 || enough >= most) return false
  pool.options.max = enough
  setTimeout(() => {
    pool.options.max = Math.max(pool.options.max, most)
  }, makeDoSeconds * 1000).unref()
  return true
}
