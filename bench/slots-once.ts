/**
 * `npm exec -- node bench/slots-once.ts [--slots 10000] [--schedulers 2] [--workers 8] [--kill]`: real processes on an
 * embedded store of their own, their clocks seconds apart, run every slot through a whole run without reading; with
 * `--kill` some workers are killed and others take their place. Says how often each slot ran, and ends with 1 if any
 * ran never or twice.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import type { ControlDatabase } from '../catalog-schema/control/database.ts'
import { planSlots } from '../src/schedule/plan-slots.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore, queries } from '../src/store/open-store.ts'
import { makeHarvests } from './schedule/harvests.ts'

const { values } = parseArgs({
  options: {
    slots: { type: 'string', default: '10000' },
    schedulers: { type: 'string', default: '2' },
    workers: { type: 'string', default: '8' },
    kill: { type: 'boolean', default: false },
  },
})
/** Each harvest has ten slots, one a minute, all of them past: every one is to be run, in order. */
const perHarvest = 10
const harvests = Math.ceil(Number(values.slots) / perHarvest)
const base = Date.parse('2026-11-09T16:00:30Z')
/** With `--kill` runs take long enough for a kill to meet one. */
const answer = values.kill ? '1500' : '0'
const program = fileURLToPath(new URL('schedule/slot-process.ts', import.meta.url))

const directory = await mkdtemp(path.join(tmpdir(), 'guiji-slots-once-'))
try {
  await using store = await openStore({ directory, signal: new AbortController().signal })
  await migrate(store.pool)
  const cadences = ['* * * * *']
  await makeHarvests(store.pool, {
    count: harvests,
    sources: 40,
    connections: 2,
    cadences,
    missedSlots: 'all',
  })
  await planFrom(store.pool, new Date(base - perHarvest * 60_000))
  process.exitCode = (await race(store.pool, store.url)) ? 0 : 1
} finally {
  await rm(directory, { recursive: true })
}

/** As if a scheduler had planned up to there and then nobody had run. */
async function planFrom(pool: pg.Pool, at: Date): Promise<void> {
  await planSlots(queries<ControlDatabase>(pool), { now: at, until: at, limit: harvests })
}

async function race(pool: pg.Pool, url: string): Promise<boolean> {
  const begun = performance.now()
  const start = (kind: string, index: number) =>
    spawn(process.execPath, [program, url, kind, String(base), String((index - 4) * 700), answer], {
      stdio: 'inherit',
    })
  const schedulers = Array.from({ length: Number(values.schedulers) }, (_, index) => start('serve', index))
  const workers = Array.from({ length: Number(values.workers) }, (_, index) => start('worker', index))
  const killed = values.kill ? killSome(pool, workers, () => start('worker', 4)) : Promise.resolve(0)
  while ((await leftOver(pool)) > 0) await pause(1000)
  const seconds = (performance.now() - begun) / 1000
  const deaths = await killed
  await Promise.all([...schedulers, ...workers].map(stop))
  return await report(pool, seconds, deaths)
}

async function leftOver(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    `select $2::int * $3::int - count(*)::int as left from guiji.slot where state in ('done', 'skipped') and instant <= $1`,
    [new Date(base), harvests, perHarvest],
  )
  return rows[0]?.left ?? 0
}

/** Kills three workers, each while it runs something, and starts three others. */
async function killSome(pool: pg.Pool, workers: ChildProcess[], start: () => ChildProcess): Promise<number> {
  const victims = workers.slice(0, 3)
  for (const victim of victims) {
    while (!(await isRunning(pool, victim))) await pause(100)
    victim.kill('SIGKILL')
    workers.push(start())
  }
  return victims.length
}

async function isRunning(pool: pg.Pool, { pid }: ChildProcess): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from guiji.run where worker = $1 and state = 'running' limit 1`,
    [`worker/${pid}`],
  )
  return rowCount === 1
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

async function report(pool: pg.Pool, seconds: number, killed: number): Promise<boolean> {
  const { rows } = await pool.query<Record<'slots' | 'once' | 'never' | 'twice' | 'again' | 'lost', string>>(
    `select count(*) as slots, count(*) filter (where runs = 1 and state = 'done') as once,
       count(*) filter (where runs = 0) as never, count(*) filter (where runs > 1) as twice,
       count(*) filter (where attempts > 0) as again,
       (select count(*) from guiji.run where state in ('lost', 'cancelled')) as lost
     from (
       select s.state, s.attempts, (select count(*) from guiji.run r where r.harvest_id = s.harvest_id
         and r.slot_at = s.instant and r.state = 'succeeded') as runs
       from guiji.slot s where s.instant <= $1) slot`,
    [new Date(base)],
  )
  const [found] = rows
  if (found === undefined) return false
  const { slots, once, never, twice, again, lost } = found
  const { schedulers, workers } = values
  console.log(
    `${schedulers} schedulers, ${workers} workers (${killed} killed), ${slots} slots in ${seconds.toFixed(0)} s: ` +
      `${once} ran once, ${never} never, ${twice} more than once; ${again} were taken again, ${lost} runs were lost`,
  )
  return slots === once
}
