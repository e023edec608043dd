import { afterAll, expect, test } from 'vitest'
import { type CycleCode, cycles } from '../../../catalog-schema/vocabulary/cycles.ts'
import type { Calendar } from '../../../src/freshness/calendar.ts'
import type { Terms } from '../../../src/freshness/due.ts'
import { owedPeriods } from '../../../src/freshness/owed-periods.ts'
import { noticedDays } from '../../../src/freshness/seed-calendar.ts'
import { lastKnownYear } from './oracle/holidays.ts'
import { LocalClock } from './oracle/local-clock.ts'
import { owedBy, type Promised } from './oracle/owed.ts'

/** Whatever newer notices the package knows, here nobody knows them. */
const known = noticedDays().filter(({ day }) => Number(day.slice(0, 4)) <= lastKnownYear)
const china: Calendar = {
  years: new Set(known.map(({ day }) => Number(day.slice(0, 4)))),
  days: new Map(known.map(({ day, working }) => [day, working])),
}
const until = '2028-01-01'

const zones = [
  'Asia/Shanghai',
  'Asia/Urumqi',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Apia',
  'Australia/Lord_Howe',
]
const inHours: CycleCode[] = ['hourly', 'realtime']
const inDays = (Object.keys(cycles) as CycleCode[]).filter(
  (cycle) => cycles[cycle].clock && !inHours.includes(cycle),
)

const plain = { from: '2024-01-01', dueTime: '08:00', dueAfterDays: 1, graceHours: 0, graceWorkingDays: 0 }
const shared = { lag: 3600, seasons: [] }
const heating = [['11-15', '03-15']] as const

/** Every due time, grace, first day and season with every cycle counted in days. */
const ofDays: readonly Omit<Promised, 'cycle'>[] = [
  { ...plain, ...shared },
  { ...plain, ...shared, dueTime: '02:30', from: '2024-02-29' },
  { ...plain, ...shared, dueTime: '02:10:30', graceHours: 0.5 },
  { ...plain, ...shared, dueTime: '00:00', dueAfterDays: 0, graceHours: 24 },
  { ...plain, ...shared, dueTime: '23:59', dueAfterDays: 0, from: '2024-03-31' },
  { ...plain, ...shared, dueAfterDays: 5, graceHours: 4, from: '2025-10-26' },
  { ...plain, ...shared, dueAfterDays: 10, graceWorkingDays: 1, from: '2024-11-03' },
  { ...plain, ...shared, graceWorkingDays: 1 },
  { ...plain, ...shared, graceWorkingDays: 3, dueTime: '02:30', graceHours: 2 },
  { ...plain, ...shared, graceWorkingDays: 10, dueTime: '17:30' },
  { ...plain, ...shared, graceWorkingDays: 2, dueAfterDays: 0, from: '2026-02-17' },
  { ...plain, ...shared, seasons: heating, from: '2024-02-01' },
  { ...plain, ...shared, seasons: [['02-29', '02-29']], graceWorkingDays: 1 },
  { ...plain, ...shared, seasons: [...heating, ['06-30', '07-01']], dueAfterDays: 3 },
]

const ofHours: readonly (Promised & { readonly until?: string })[] = [
  { ...plain, ...shared, cycle: 'hourly' },
  { ...plain, ...shared, cycle: 'hourly', lag: 900, graceHours: 0.25, from: '2024-03-10' },
  { ...plain, ...shared, cycle: 'realtime', lag: 300, graceHours: 2, from: '2024-02-29' },
  { ...plain, ...shared, cycle: 'realtime', lag: 86_400, seasons: heating },
  { ...plain, ...shared, cycle: 'realtime', lag: 90, from: '2024-01-15' },
  {
    ...plain,
    ...shared,
    cycle: 'hourly',
    lag: 600,
    graceWorkingDays: 2,
    from: '2026-01-01',
    until: '2026-05-01',
  },
  {
    ...plain,
    ...shared,
    cycle: 'realtime',
    lag: 45,
    graceWorkingDays: 1,
    from: '2026-09-15',
    until: '2027-01-10',
  },
]

let compared = 0
afterAll(() => console.info(`the oracle and the planner were compared in ${compared} occurrences`))

test.each(zones)(
  'the planner owes what the oracle owes, 2024 to 2027, in %s',
  { timeout: 300_000 },
  (zone) => {
    const clock = new LocalClock(zone)
    const all = [...ofHours, ...inDays.flatMap((cycle) => ofDays.map((promised) => ({ ...promised, cycle })))]
    let count = 0
    const differences: unknown[] = []
    for (const promised of all) {
      const stop = ('until' in promised ? promised.until : undefined) ?? until
      const expected = owedBy(clock, promised, stop)
      const planned = plannedBy(zone, clock, promised, stop)
      count += expected.length
      differences.push(...differing(expected, planned, promised))
    }
    compared += count
    expect(differences.slice(0, 10)).toEqual([])
    // Seven zones: more than a million in all.
    expect(count).toBeGreaterThan(145_000)
  },
)

function plannedBy(zone: string, clock: LocalClock, promised: Promised, stop: string): string[] {
  const terms: Terms = {
    cycle: promised.cycle as CycleCode,
    timeZone: zone,
    dueTime: promised.dueTime,
    dueAfterDays: promised.dueAfterDays,
    graceHours: promised.graceHours === 0 ? null : promised.graceHours,
    graceWorkingDays: promised.graceWorkingDays === 0 ? null : promised.graceWorkingDays,
    lagSeconds: promised.lag === 3600 ? null : promised.lag,
    seasons: promised.seasons.map(([from, to]) => `${from}/${to}`),
  }
  const [from, end] = [promised.from, stop].map((day) => new Date(clock.startOfDay(day)))
  if (from === undefined || end === undefined) throw new Error('no day')
  const owed = owedPeriods(terms, china, from, end).filter(({ period }) => period.start >= from)
  return owed.map(
    ({ period: { label, start, end: ends }, due: { dueAt, lateAt, provisional } }) =>
      `${label} ${+start} ${+ends} ${+dueAt} ${+lateAt} ${provisional}`,
  )
}

function differing(expected: readonly string[], planned: readonly string[], promised: Promised): unknown[] {
  const found: unknown[] = []
  for (let at = 0; at < Math.max(expected.length, planned.length); at += 1) {
    if (expected[at] !== planned[at]) found.push({ promised, expected: expected[at], planned: planned[at] })
  }
  return found
}
