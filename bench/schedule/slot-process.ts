/**
 * One scheduler or worker as a process of its own: `slot-process.ts <url> <serve|worker> <base> <skew> <answer>`. Its clock
 * reads `base` at the start and runs on for twenty seconds, so that no further slot comes due; `skew` milliseconds are how wrong the machine's own clock is. Its sources
 * take `answer` milliseconds. Ends at SIGTERM.
 */
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { startScheduler } from '../../src/schedule/scheduler.ts'
import type { Ticker } from '../../src/schedule/ticker.ts'
import { openPool, queries } from '../../src/store/open-store.ts'
import { steadyEngine } from './steady-source.ts'

const [url = '', kind = 'worker', base = '0', skew = '0', answer = '0'] = process.argv.slice(2)
const began = performance.now()
const pool = openPool(url, 6)
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())

/** Four beats a second, one of them doubled: more than any service would do. */
const wildTicker: Ticker = (beat, signal) => {
  const timer = setInterval(() => {
    beat()
    if (Math.random() < 0.25) beat()
  }, 250)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}

const scheduler = await startScheduler({
  engine: steadyEngine(pool, {
    worker: `${kind}/${process.pid}`,
    answer: Number(answer),
    clock: () => Number(base) + Number(skew) + Math.min(20_000, performance.now() - began),
  }),
  db: queries<ControlDatabase>(pool),
  ...(kind === 'serve' ? { ticker: wildTicker } : {}),
  concurrency: 3,
  horizonDays: 2,
  grace: 10_000,
  signal: stopping.signal,
  onTrouble: (error) => console.error(`${kind}/${process.pid}: ${error}`),
})
await scheduler.ended
await pool.end()
