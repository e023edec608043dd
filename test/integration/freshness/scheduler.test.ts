import { expect, test } from 'vitest'
import { makeHarvests } from '../../../bench/schedule/harvests.ts'
import { steadyEngine } from '../../../bench/schedule/steady-source.ts'
import type { ControlDatabase } from '../../../catalog-schema/control/database.ts'
import { isCronProblem, parseCron } from '../../../src/schedule/cron.ts'
import { cronInstants } from '../../../src/schedule/cron-instants.ts'
import { planSlots } from '../../../src/schedule/plan-slots.ts'
import { type SchedulerOptions, startScheduler } from '../../../src/schedule/scheduler.ts'
import { openPool, queries } from '../../../src/store/open-store.ts'
import { testDatabase } from '../../setup/database.ts'

const minute = 60_000

/** A clock that only the test moves, and a ticker that beats only when the test says so. */
function oddClock(from: string) {
  let now = Date.parse(from)
  const beats: (() => void)[] = []
  return {
    read: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds
    },
    ticker: (beat: () => void) => void beats.push(beat),
    beat: () => {
      for (const one of beats) one()
    },
  }
}

interface Place extends AsyncDisposable {
  readonly url: string
  readonly pool: Awaited<ReturnType<typeof testDatabase>>['pool']
}

async function start(
  place: Place,
  clock: ReturnType<typeof oddClock>,
  more: Partial<Omit<SchedulerOptions, 'ticker'>> & { readonly name?: string; readonly ticks?: boolean } = {},
) {
  const { name = 'test', ticks = true, ...others } = more
  const pool = openPool(place.url, 8)
  const stopping = new AbortController()
  const troubles: unknown[] = []
  const scheduler = await startScheduler({
    engine: steadyEngine(pool, { worker: name, clock: clock.read }),
    db: queries<ControlDatabase>(pool),
    ...(ticks ? { ticker: clock.ticker } : {}),
    concurrency: 3,
    horizonDays: 3,
    grace: 5000,
    signal: stopping.signal,
    onTrouble: (error) => troubles.push(error),
    ...others,
  })
  return {
    ...scheduler,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await scheduler.ended
      await pool.end()
      expect(troubles).toEqual([])
    },
  }
}

function meant(expression: string, from: string, until: number): string[] {
  const cron = parseCron(expression)
  if (isCronProblem(cron)) throw new Error(expression)
  return cronInstants(cron, 'Europe/Berlin', new Date(from), new Date(until)).map((one) => one.toISOString())
}

async function slots(place: Place, dataset: string, states: readonly string[], until: number) {
  const { rows } = await place.pool.query<{ instant: Date; runs: number }>(
    `select s.instant, (select count(*)::int from guiji.run r where r.harvest_id = s.harvest_id
       and r.slot_at = s.instant and r.state = 'succeeded') as runs
     from guiji.slot s join guiji.harvest h on h.id = s.harvest_id join guiji.dataset d on d.id = h.dataset_id
     where d.code = $1 and s.state = any ($2) and s.instant <= $3 order by s.instant`,
    [dataset, states, new Date(until)],
  )
  return rows
}

test.each<['all' | 'latest', string]>([
  ['all', '2026-10-24T12:00Z'],
  ['latest', '2026-03-28T12:00Z'],
])(
  'a ticker that loses, doubles and delays its beats loses and doubles no slot (%s)',
  async (missedSlots, from) => {
    await using place = await testDatabase()
    const cadences = ['30 2 * * *', '15 * * * *']
    const made = { count: 2, sources: 1, connections: 2, cadences, missedSlots }
    await makeHarvests(place.pool, { ...made, timeZone: 'Europe/Berlin', from: from.slice(0, 10) })
    const clock = oddClock(from)
    await using scheduler = await start(place, clock)
    await scheduler.catchUp()
    // Through the night in which the clock changes; a fixed sequence that looks like none.
    for (let step = 1; step <= 40; step++) {
      const odd = (step * 7919) % 101
      clock.advance(odd < 20 ? (60 + odd * 10) * minute : odd * 20_000)
      for (let beats = odd % 4; beats > 0; beats--) clock.beat()
      if (odd % 3 === 0) await scheduler.catchUp()
    }
    await scheduler.catchUp()
    expect(clock.read()).toBeGreaterThan(Date.parse(from) + 24 * 60 * minute)
    // d1 has the second cadence: they are given out by number.
    for (const [dataset, expression] of [
      ['d2', '30 2 * * *'],
      ['d1', '15 * * * *'],
    ] as const) {
      const found = await slots(place, dataset, ['done', 'skipped'], clock.read())
      expect(found.map(({ instant }) => instant.toISOString())).toEqual(meant(expression, from, clock.read()))
      const done = await slots(place, dataset, ['done'], clock.read())
      expect(done.map(({ runs }) => runs)).toEqual(done.map(() => 1))
      if (missedSlots === 'all') expect(done).toHaveLength(found.length)
      else expect(done.length).toBeGreaterThan(0)
    }
  },
)

test('two schedulers and eight workers: each slot runs once', async () => {
  await using place = await testDatabase()
  const [harvests, each] = [30, 5]
  const base = Date.parse('2026-11-09T16:00:30Z')
  const made = { count: harvests, sources: 6, connections: 2, cadences: ['* * * * *'] }
  await makeHarvests(place.pool, { ...made, missedSlots: 'all' })
  const before = new Date(base - each * minute)
  await planSlots(queries<ControlDatabase>(place.pool), { now: before, until: before })
  await using processes = new AsyncDisposableStack()
  const all = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const clock = oddClock(new Date(base + (index - 5) * 900).toISOString())
      return processes.use(await start(place, clock, { name: `${index}`, ticks: index < 2, concurrency: 2 }))
    }),
  )
  const served = async () => {
    const { rows } = await place.pool.query<{ served: number }>(
      `select count(*)::int as served from guiji.slot where state in ('done', 'skipped') and instant <= $1`,
      [new Date(base)],
    )
    return rows[0]?.served
  }
  while ((await served()) !== harvests * each) await Promise.all(all.map((one) => one.catchUp()))
  const { rows } = await place.pool.query(
    `select count(distinct (harvest_id, slot_at))::int as slots, count(*)::int as runs,
       count(distinct worker) > 4 as shared from guiji.run where state = 'succeeded' and slot_at <= $1`,
    [new Date(base)],
  )
  expect(rows).toEqual([{ slots: harvests * each, runs: harvests * each, shared: true }])
})

test('told to stop, it lets what is under way end, takes nothing more, and says goodbye', async () => {
  await using place = await testDatabase()
  await makeHarvests(place.pool, { count: 8, sources: 1, connections: 8, cadences: ['0 2 * * *'] })
  const clock = oddClock('2026-11-09T17:00Z')
  const stopping = new AbortController()
  {
    const engine = steadyEngine(place.pool, { worker: 'test', clock: clock.read })
    await using scheduler = await start(place, clock, {
      concurrency: 2,
      signal: stopping.signal,
      engine: {
        ...engine,
        openSource: (target, signal) => {
          stopping.abort()
          return engine.openSource(target, signal)
        },
      },
    })
    await scheduler.catchUp()
    clock.advance(61 * minute)
    await scheduler.catchUp()
    await scheduler.ended
  }
  const { rows } = await place.pool.query(
    `select state, count(*)::int as slots from guiji.slot where instant <= $1 group by state order by state`,
    [new Date(clock.read())],
  )
  expect(rows).toEqual([
    { state: 'done', slots: 2 },
    { state: 'planned', slots: 6 },
  ])
  const left = await place.pool.query('select from guiji.seat')
  expect(left.rowCount).toBe(0)
  const workers = await place.pool.query('select from guiji.worker where ended_at is null')
  expect(workers.rowCount).toBe(0)
})
