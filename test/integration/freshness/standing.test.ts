/** How datasets stand is kept, with the instants at which time alone changes it. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bringUpToDate } from '../../../src/freshness/bring-up-to-date.ts'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { refreshStanding } from '../../../src/freshness/standing.ts'
import { verdicts } from '../../../src/freshness/verdicts.ts'
import { readDepartments, readStatus } from '../../../src/store/read-status.ts'
import { type City, city, type Dataset } from './city.ts'

let town: City
const datasets = new Map<string, Dataset>()
beforeAll(async () => {
  town = await city()
  const cycles = ['hourly', 'daily', 'weekly', 'monthly', 'irregular', 'realtime'] as const
  for (const cycle of cycles)
    for (const graceHours of cycle === 'daily' || cycle === 'hourly' ? [0, 5] : [0]) {
      const code = `${cycle}_${graceHours}`
      const lag = cycle === 'realtime' ? { maxLag: 'PT1H' } : {}
      const dueAfterDays = cycle === 'hourly' || cycle === 'realtime' ? 0 : 1
      datasets.set(
        code,
        await town.dataset(code, { cycle, graceHours, dueAfterDays, from: '2026-11-01', ...lag }),
      )
    }
})
beforeAll(async () => {
  // Every dataset is known to take three hours.
  for (const dataset of datasets.values())
    await town.run(dataset, '2026-11-02T01:00:00Z', { visible: '2026-11-02T04:00:00Z', updated: 1 })
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const hour = 3_600_000
const start = Date.parse('2026-11-10T00:00:00Z')

/** The definition, asked straight. */
async function computed(now: Date) {
  const { rows } = await sql`
    select d.code, v.verdict, v.cause, v.due_at as "dueAt", v.no_clock as "noClock", v.provisional
    from (select array_agg(id) as ids, array_agg(${now}::timestamptz) as instants from guiji.dataset) a
    cross join lateral guiji.verdicts_at(a.ids, a.instants) v join guiji.dataset d on d.id = v.dataset_id
    order by d.code`.execute(town.db)
  return rows
}

async function said(now: Date) {
  const all = await verdicts(town.db, { now })
  return all.map(({ code, verdict, cause, dueAt, noClock, provisional }) => {
    return { code, verdict, cause, dueAt, noClock, provisional }
  })
}

/** How many are answered from what is kept. */
async function keptAt(now: Date): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    select count(*) as count from guiji.standing where ${now} >= known_at and ${now} < ends_at`.execute(
    town.db,
  )
  return Number(rows[0]?.count ?? 0n)
}

async function happen(at: number, step: number): Promise<void> {
  const code = [...datasets.keys()][(step * 7) % datasets.size] ?? ''
  const dataset = datasets.get(code)
  if (dataset === undefined) throw new Error(code)
  const instant = (ms: number) => new Date(ms).toISOString()
  const ends = [
    { visible: instant(at + (step % 5) * 5_400_000), updated: step % 2 },
    { state: 'failed', complete: false, cause: 'source-unreachable:refused', finished: instant(at + 60_000) },
    { state: 'running', complete: false },
  ]
  await sql`update guiji.run set state = 'lost' where state = 'running' and dataset_id = ${dataset.id}`.execute(
    town.db,
  )
  await town.run(dataset, instant(at), ends[step % 3] ?? {})
}

test('what is kept is what would be computed, at every instant, whatever happened', async () => {
  let fromKept = 0
  const seen = new Set<unknown>()
  for (let step = 0; step < 24; step += 1) {
    const now = new Date(start + step * 7 * hour)
    if (step % 3 !== 1) await happen(now.getTime() - 50 * 60_000, step)
    if (step % 4 === 0) await planOccurrences(town.db, { now, horizonDays: 40 })
    if (step % 2 === 0) await judge(town.db, { now })
    if (step % 5 === 0) await refreshStanding(town.db, { now })
    for (const later of [0, 29 * 60_000, 3 * hour, 40 * hour]) {
      const at = new Date(now.getTime() + later)
      const expected = await computed(at)
      expect(await said(at)).toEqual(expected)
      fromKept += await keptAt(at)
      for (const row of expected) seen.add((row as { verdict: string }).verdict)
    }
  }
  expect(fromKept).toBeGreaterThan(300)
  expect([...seen].sort()).toEqual(
    expect.arrayContaining(['at-risk', 'due', 'fresh', 'late', 'missed', 'no-clock']),
  )
})

test('each side of every instant at which a verdict changes', async () => {
  const now = new Date(start + 24 * 7 * hour)
  await planOccurrences(town.db, { now, horizonDays: 40 })
  await judge(town.db, { now })
  const { rows } = await sql<{ at: Date }>`
    select changes_at as at from guiji.standing where changes_at < 'infinity'
    union select ends_at from guiji.standing where ends_at < 'infinity' order by 1 limit 12`.execute(town.db)
  expect(rows.length).toBeGreaterThan(8)
  for (const { at } of rows) {
    for (const off of [-1, 0, 1]) {
      const instant = new Date(at.getTime() + off)
      expect(await said(instant)).toEqual(await computed(instant))
    }
  }
})

test('totals, pages and the view of analysts say what the verdicts say', async () => {
  const now = new Date()
  await bringUpToDate(town.db, { now, horizonDays: 40 })
  const all = await verdicts(town.db, { now })
  const [totals] = await readDepartments(town.db, { now })
  const count = (verdict: string) => BigInt(all.filter((one) => one.verdict === verdict).length)
  expect(totals).toMatchObject({
    department: 'gaj',
    datasets: BigInt(all.length),
    kept: all.reduce((sum, { kept }) => sum + kept, 0n),
    owed: all.reduce((sum, { owed }) => sum + owed, 0n),
    noClock: 1n,
  })
  for (const [verdict, datasets] of Object.entries(totals?.verdicts ?? {}))
    expect(datasets).toBe(count(verdict))

  const pages: string[] = []
  let after: { department: string; code: string } | undefined
  for (;;) {
    const page = await readStatus(town.db, { now, limit: 5, after })
    pages.push(...page.map(({ code, verdict }) => `${code} ${verdict}`))
    const last = page.at(-1)
    if (last === undefined) break
    after = { department: last.department, code: last.code }
  }
  expect(pages).toEqual(all.map(({ code, verdict }) => `${code} ${verdict}`))
  const late = await readStatus(town.db, { now, verdict: 'no-clock' })
  expect(late.map(({ code }) => code)).toEqual(['irregular_0'])

  const view = await sql<{ code: string; verdict: string }>`
    select code, verdict from catalog.freshness order by code`.execute(town.db)
  const full = await sql`select code, verdict from guiji.verdicts(now()) order by code`.execute(town.db)
  expect(view.rows).toEqual(full.rows)
})

test('attainment counts what the occurrences say, however often they are judged', async () => {
  const { rows } = await sql`
    select s.dataset_id, s.kept, s.owed,
      count(*) filter (where o.outcome = 'kept') as "keptNow",
      count(*) filter (where o.outcome in ('kept', 'late', 'missed')) as "owedNow",
      (select coalesce(sum(a.kept), 0)::bigint from guiji.period_count a where a.dataset_id = s.dataset_id) as "keptMonths",
      (select coalesce(sum(a.kept + a.late + a.missed), 0)::bigint from guiji.period_count a
       where a.dataset_id = s.dataset_id) as "owedMonths"
    from guiji.dataset_state s join guiji.occurrence o on o.dataset_id = s.dataset_id
    group by s.dataset_id`.execute(town.db)
  for (const row of rows as Record<string, bigint>[]) {
    expect([row.kept, row.owed]).toEqual([row.keptNow, row.owedNow])
    expect([row.keptMonths, row.owedMonths]).toEqual([row.keptNow, row.owedNow])
  }
  expect((rows as { owed: bigint }[]).some(({ owed }) => owed > 50n)).toBe(true)
})

test('a refresh leaves what another transaction is about to change, and misses nothing of it', async () => {
  const now = new Date(start + 60 * 7 * hour)
  await judge(town.db, { now })
  const daily = datasets.get('daily_0')
  const client = await town.database.pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `update guiji.occurrence set outcome = 'waived', cause = 'waived'
       where dataset_id = $1 and outcome in ('late', 'missed', 'pending')`,
      [daily?.id],
    )
    const later = new Date(now.getTime() + 30 * 24 * hour)
    await refreshStanding(town.db, { now: later })
    const before = await computed(later)
    expect(await said(later)).toEqual(before)
    await client.query('commit')
    const after = await computed(later)
    expect(after).not.toEqual(before)
    expect(await said(later)).toEqual(after)
    expect(await refreshStanding(town.db, { now: later })).toBe(1)
    expect(await said(later)).toEqual(after)
  } finally {
    client.release()
  }
})

test('a dataset that leaves the list, or comes, is gone from the board or on it at once', async () => {
  const now = new Date(start + 70 * 7 * hour)
  const size = async () => (await readDepartments(town.db, { now }))[0]?.datasets
  const before = (await size()) ?? 0n
  const late = await town.dataset('newcomer', { cycle: 'daily', from: '2026-11-01' })
  expect(await size()).toBe(before + 1n)
  await sql`update guiji.dataset set retired_at = ${now} where id = ${late.id}`.execute(town.db)
  expect(await size()).toBe(before)
})

test('a run that begins or ends is known at once: what would be at risk without it is not', async () => {
  const daily = await town.dataset('watched', { cycle: 'daily', from: '2026-12-20' })
  await town.run(daily, '2026-12-21T01:00:00Z', { visible: '2026-12-21T04:00:00Z', updated: 1 })
  const now = new Date('2026-12-24T17:00:00Z')
  await bringUpToDate(town.db, { now, horizonDays: 40 })
  await sql`update guiji.occurrence set outcome = 'kept', kept_at = period_end
    where dataset_id = ${daily.id} and period_end < ${now} and period < '2026-12-24'`.execute(town.db)
  await refreshStanding(town.db, { now })
  const near = new Date('2026-12-24T23:00:00Z')
  const watched = async () => (await said(near)).find(({ code }) => code === 'watched')?.verdict
  expect(await watched()).toBe('at-risk')
  const run = await town.run(daily, '2026-12-24T19:00:00Z', { state: 'running', complete: false })
  await refreshStanding(town.db, { now })
  expect(await watched()).toBe('due')
  await sql`update guiji.run set state = 'failed' where id = ${run}`.execute(town.db)
  expect(await watched()).toBe('at-risk')
})
