/**
 * `npm exec -- node bench/schedule-scale.ts [--harvests 100000] [--horizon 7]`: what a tick of the scheduler costs
 * with many harvests, on an embedded store of its own. Prints milliseconds; nothing here is asserted by the tests.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { ControlDatabase } from '../catalog-schema/control/database.ts'
import { takeSlots } from '../src/schedule/take-slots.ts'
import { tick } from '../src/schedule/tick.ts'
import { startWorker } from '../src/schedule/workers.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore, queries } from '../src/store/open-store.ts'
import { makeHarvests } from './schedule/harvests.ts'

const { values } = parseArgs({
  options: {
    harvests: { type: 'string', default: '100000' },
    horizon: { type: 'string', default: '7' },
  },
})
const count = Number(values.harvests)
const horizonDays = Number(values.horizon)
const minute = 60_000
const cadences = [null, null, '30 2 * * *', '15 */6 * * *', '5 7 * * 1-5', null]

const directory = await mkdtemp(path.join(tmpdir(), 'guiji-schedule-scale-'))
try {
  await using store = await openStore({ directory, signal: new AbortController().signal })
  await migrate(store.pool)
  await makeHarvests(store.pool, { count, sources: 500, connections: 2, cadences })
  await measure(store.pool)
} finally {
  await rm(directory, { recursive: true })
}

type Pool = Parameters<typeof queries>[0]

async function measure(pool: Pool): Promise<void> {
  const db = queries<ControlDatabase>(pool)
  const midnight = Date.parse('2026-11-09T16:00Z')
  const tickAt = (at: number, thorough: boolean) => tick(db, { now: new Date(at), horizonDays, thorough })
  await timed(`first tick: everything planned for ${count} harvests`, () => tickAt(midnight, true))
  await serveAll(pool, midnight)
  const steady: number[] = []
  for (let at = 1; at <= 10; at++)
    steady.push(await timed(`tick ${at}`, () => tickAt(midnight + at * minute, false)))
  console.log(`steady tick: median ${median(steady)} ms, longest ${Math.max(...steady)} ms`)

  await using worker = await startWorker(db, { name: 'bench', kind: 'worker', concurrency: 8 })
  const taking: number[] = []
  for (let turn = 0; turn < 10; turn++) {
    const now = new Date(midnight + 11 * minute)
    taking.push(await timed('take 8', () => takeSlots(db, { workerId: worker.id, now, limit: 8 })))
  }
  console.log(`take: median ${median(taking)} ms, longest ${Math.max(...taking)} ms`)

  const morning = midnight + 7 * 60 * minute
  const { rows } = await pool.query(
    `select count(*)::int as due from guiji.slot where state = 'planned' and instant <= $1`,
    [new Date(morning)],
  )
  console.log(`after seven hours in which nothing ran: ${rows[0]?.due} slots are due`)
  await timed('tick that finds them', () => tickAt(morning, false))
  await timed('the next tick', () => tickAt(morning + minute, false))
  await timed('take 8 of them', () =>
    takeSlots(db, { workerId: worker.id, now: new Date(morning + minute), limit: 8 }),
  )
  await timed('thorough tick, once an hour', () => tickAt(morning + 2 * minute, true))
}

/** As if all that was due had been harvested: the state of every ordinary minute. */
async function serveAll(pool: Pool, at: number): Promise<void> {
  await pool.query(`update guiji.slot set state = 'done' where state = 'planned' and instant <= $1`, [
    new Date(at),
  ])
  await pool.query(`update guiji.occurrence set outcome = 'kept', kept_at = $1 where period_end < $1`, [
    new Date(at),
  ])
  await pool.query('vacuum analyze')
}

async function timed(what: string, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  const answer = await work()
  const milliseconds = Math.round(performance.now() - begun)
  const found = Array.isArray(answer) ? `${answer.length} taken` : `planned ${plannedOf(answer)}`
  console.log(`${String(milliseconds).padStart(8)} ms  ${what} (${found})`)
  return milliseconds
}

function plannedOf(answer: unknown): number {
  return typeof answer === 'object' && answer !== null && 'planned' in answer ? Number(answer.planned) : 0
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
