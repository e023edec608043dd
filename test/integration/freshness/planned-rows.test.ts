import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { CycleCode } from '../../../catalog-schema/vocabulary/cycles.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { seedCalendar } from '../../../src/freshness/seed-calendar.ts'
import { LocalClock } from '../../unit/freshness/oracle/local-clock.ts'
import { owedBy, type Promised } from '../../unit/freshness/oracle/owed.ts'
import { type City, city, type Dataset } from './city.ts'

const plain = {
  dueTime: '08:00',
  dueAfterDays: 1,
  graceHours: 0,
  graceWorkingDays: 0,
  lag: 3600,
  seasons: [],
}
const base: Omit<Promised, 'cycle'> = { ...plain, from: '2026-01-15' }
const promises: readonly Promised[] = [
  { ...base, cycle: 'daily' },
  { ...base, cycle: 'daily', graceWorkingDays: 2, from: '2026-02-10' },
  { ...base, cycle: 'daily', seasons: [['11-15', '03-15']] },
  { ...base, cycle: 'weekly', dueTime: '17:30', graceHours: 0.5 },
  { ...base, cycle: 'tendays', graceWorkingDays: 3 },
  { ...base, cycle: 'semimonthly', dueAfterDays: 4 },
  { ...base, cycle: 'monthly', graceWorkingDays: 1, from: '2026-02-01' },
  { ...base, cycle: 'quarterly', dueAfterDays: 10 },
  { ...base, cycle: 'hourly', graceHours: 0.25, from: '2026-03-27' },
]
const start = new Date('2026-01-10T00:00Z')

async function promise(town: City, code: string, timeZone: string, promised: Promised): Promise<Dataset> {
  return town.dataset(code, {
    cycle: promised.cycle as CycleCode,
    timeZone,
    dueTime: promised.dueTime,
    dueAfterDays: promised.dueAfterDays,
    from: promised.from,
    recordedAt: start.toISOString(),
    seasons: promised.seasons.map((season) => season.join('/')),
    ...(promised.graceHours > 0 && { graceHours: promised.graceHours }),
    ...(promised.graceWorkingDays > 0 && { graceWorkingDays: promised.graceWorkingDays }),
  })
}

async function rowsOf(town: City, { id }: Dataset): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', period, 1000 * extract(epoch from period_start)::bigint,
      1000 * extract(epoch from period_end)::bigint, 1000 * extract(epoch from due_at)::bigint,
      1000 * extract(epoch from late_at)::bigint, provisional) as line
    from guiji.occurrence where dataset_id = ${id} order by period_start`.execute(town.db)
  return rows.map(({ line }) => line.replace(/t$/, 'true').replace(/f$/, 'false'))
}

test.each(['Asia/Shanghai', 'Europe/Berlin'])(
  'the rows planned in steps are what the oracle owes, in %s',
  async (zone) => {
    await using town = await city()
    await seedCalendar(town.db)
    const datasets: Dataset[] = []
    for (const [index, promised] of promises.entries())
      datasets.push(await promise(town, `d${index}`, zone, promised))
    // The clock moves on in odd steps; now and then the same step twice, or two planners at once.
    for (let day = 0; day <= 85; day += 7) {
      const now = new Date(start.getTime() + day * 86_400_000)
      const options = { now, horizonDays: day % 2 === 0 ? 3 : 12 }
      await Promise.all([planOccurrences(town.db, options), planOccurrences(town.db, options)])
    }
    const clock = new LocalClock(zone)
    for (const [index, promised] of promises.entries()) {
      // The furthest that was asked for; hours are planned three days ahead at most.
      const horizon = Date.parse(promised.cycle === 'hourly' ? '2026-04-07T00:00Z' : '2026-04-09T00:00Z')
      const begun = (line: string) => Number(line.split(' ')[1]) < horizon
      const expected = owedBy(clock, promised, '2026-06-01').filter(begun)
      expect(expected.length).toBeGreaterThan(0)
      expect(await rowsOf(town, datasets[index] ?? { id: 0n, harvest: 0n })).toEqual(expected)
    }
  },
)
