import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { verdicts } from '../../../src/freshness/verdicts.ts'
import { type City, city, type Dataset, type Promised, type RunFacts } from './city.ts'

// A daily dataset of Asia/Shanghai: the 9th ends at 16:00Z, is due on the 10th at 00:00Z and late after 04:00Z.
const daily: Promised = { cycle: 'daily', graceHours: 4, from: '2026-11-09' }

async function planned(town: City, promised: Promised): Promise<Dataset> {
  const dataset = await town.dataset('d', promised)
  await planOccurrences(town.db, { now: new Date('2026-11-09T00:00Z'), horizonDays: 3 })
  return dataset
}

async function first(town: City, dataset: Dataset, now: string): Promise<string | undefined> {
  await judge(town.db, { now: new Date(now) })
  return (await town.outcomes(dataset))[0]
}

async function verdict(town: City, now: string) {
  const [found] = await verdicts(town.db, { now: new Date(now) })
  if (found === undefined) throw new Error('no verdict')
  return found
}

describe('the first delivery after the period decides', () => {
  test.each<[string, string, RunFacts, string]>([
    ['in the night', '2026-11-09T18:00Z', { visible: '2026-11-09T18:10Z', updated: 1 }, 'kept'],
    ['from the period’s last instant on', '2026-11-09T16:00Z', { visible: '2026-11-09T16:01Z' }, 'kept'],
    [
      'before the period ended',
      '2026-11-09T15:59:59Z',
      { visible: '2026-11-09T18:00Z' },
      'late platform-did-not-run',
    ],
    ['visible at the deadline', '2026-11-10T03:00Z', { visible: '2026-11-10T04:00Z' }, 'kept'],
    [
      'visible after it',
      '2026-11-10T03:00Z',
      { visible: '2026-11-10T04:00:01Z' },
      'late platform-did-not-run',
    ],
    ['found unchanged, nothing published', '2026-11-09T18:00Z', { finished: '2026-11-09T18:01Z' }, 'kept'],
    [
      'some records rejected',
      '2026-11-09T18:00Z',
      { state: 'partial', visible: '2026-11-09T18:10Z' },
      'kept',
    ],
    [
      'changes that were not published',
      '2026-11-09T18:00Z',
      { state: 'awaiting-approval', updated: 3, parked: '2026-11-09T18:01Z' },
      'late awaiting-approval',
    ],
    [
      'a listing that is not complete',
      '2026-11-09T18:00Z',
      { state: 'partial', complete: false, visible: '2026-11-09T18:10Z' },
      'late source-wrong:truncated',
    ],
    [
      'a run that failed',
      '2026-11-09T18:00Z',
      { state: 'failed', complete: false, cause: 'source-unreachable:dns', finished: '2026-11-09T18:02Z' },
      'late source-unreachable:dns',
    ],
    [
      'a run that failed and says not why',
      '2026-11-09T18:00Z',
      { state: 'lost', complete: false, finished: '2026-11-09T18:02Z' },
      'late platform-failed',
    ],
    [
      'a run that was refused',
      '2026-11-09T18:00Z',
      { state: 'refused', updated: 9, parked: '2026-11-09T18:01Z', finished: '2026-11-09T20:00Z' },
      'late held-by-checks',
    ],
    [
      'a run refused after the deadline',
      '2026-11-09T18:00Z',
      { state: 'refused', updated: 9, parked: '2026-11-09T18:01Z', finished: '2026-11-10T04:00:01Z' },
      'late awaiting-approval',
    ],
    [
      'an empty answer that waits',
      '2026-11-09T18:00Z',
      { state: 'awaiting-approval', cause: 'source-wrong:empty', parked: '2026-11-09T18:01Z' },
      'late source-wrong:empty',
    ],
    [
      'more than half rejected, nothing published',
      '2026-11-09T18:00Z',
      { state: 'partial', cause: 'held-by-checks', finished: '2026-11-09T18:01Z' },
      'late held-by-checks',
    ],
    [
      'a failure that came after the deadline',
      '2026-11-10T03:00Z',
      { state: 'failed', complete: false, cause: 'source-unreachable:dns', finished: '2026-11-10T04:00:01Z' },
      'late platform-did-not-run',
    ],
    [
      'a run still under way',
      '2026-11-10T03:59Z',
      { state: 'running', complete: false },
      'late platform-did-not-run',
    ],
  ])('%s', async (_, started, facts, expected) => {
    await using town = await city()
    const dataset = await planned(town, daily)
    await town.run(dataset, started, facts)
    expect(await first(town, dataset, '2026-11-10T04:00:02Z')).toBe(`2026-11-09 ${expected}`)
  })

  test('with no run at all the platform did not run', async () => {
    await using town = await city()
    const dataset = await planned(town, daily)
    expect(await first(town, dataset, '2026-11-10T04:00:00Z')).toBe('2026-11-09 pending')
    expect(await first(town, dataset, '2026-11-10T04:00:01Z')).toBe('2026-11-09 late platform-did-not-run')
  })

  test('the last run before the deadline names the cause, not one after it', async () => {
    await using town = await city()
    const dataset = await planned(town, daily)
    const failed = async (started: string, cause: string) =>
      town.run(dataset, started, { state: 'failed', complete: false, cause, finished: started })
    await failed('2026-11-09T18:00Z', 'source-unreachable:dns')
    await failed('2026-11-10T03:00Z', 'source-unreachable:timeout')
    await town.run(dataset, '2026-11-10T03:59Z', { visible: '2026-11-10T04:10Z' })
    await failed('2026-11-10T05:00Z', 'source-wrong:schema')
    expect(await first(town, dataset, '2026-11-10T09:00Z')).toBe('2026-11-09 late source-unreachable:timeout')
  })

  test('a run parked before the period still stands in the way', async () => {
    await using town = await city()
    const dataset = await planned(town, daily)
    await town.run(dataset, '2026-11-08T18:00Z', {
      state: 'awaiting-approval',
      updated: 5,
      parked: '2026-11-08T18:01Z',
    })
    expect(await first(town, dataset, '2026-11-10T09:00Z')).toBe('2026-11-09 late awaiting-approval')
  })
})

describe('new content owed', () => {
  const changing: Promised = { ...daily, satisfiedBy: 'change' }

  test('a check that found nothing new does not keep the promise', async () => {
    await using town = await city()
    const dataset = await planned(town, changing)
    await town.run(dataset, '2026-11-09T18:00Z', { visible: '2026-11-09T18:10Z' })
    expect(await first(town, dataset, '2026-11-10T05:00Z')).toBe('2026-11-09 late not-published')
  })

  test('the first delivery with new content does', async () => {
    await using town = await city()
    const dataset = await planned(town, changing)
    await town.run(dataset, '2026-11-09T18:00Z', { visible: '2026-11-09T18:10Z' })
    await town.run(dataset, '2026-11-10T02:00Z', { visible: '2026-11-10T02:10Z', updated: 1 })
    expect(await first(town, dataset, '2026-11-10T05:00Z')).toBe('2026-11-09 kept')
  })
})

test('after a silence the newest period is kept, the one before late, the rest missed', async () => {
  await using town = await city()
  const dataset = await planned(town, daily)
  await town.run(dataset, '2026-11-11T18:00Z', { visible: '2026-11-11T18:10Z' })
  const judged = await judge(town.db, { now: new Date('2026-11-11T18:20Z') })
  expect(judged.map(({ outcome }) => outcome)).toEqual(['missed', 'late', 'kept'])
  expect((await town.outcomes(dataset)).slice(0, 3)).toEqual([
    '2026-11-09 missed platform-did-not-run',
    '2026-11-10 late platform-did-not-run',
    '2026-11-11 kept',
  ])
  expect(await judge(town.db, { now: new Date('2026-11-11T18:20Z') })).toEqual([])
})

test('the cause found at the deadline stays when the delivery comes', async () => {
  await using town = await city()
  const dataset = await planned(town, daily)
  const run = await town.run(dataset, '2026-11-09T18:00Z', {
    state: 'awaiting-approval',
    updated: 9,
    parked: '2026-11-09T18:01Z',
  })
  await judge(town.db, { now: new Date('2026-11-10T04:30Z') })
  await sql`update guiji.run set state = 'succeeded', finished_at = '2026-11-10T06:00Z',
    read = 9, accepted = 9 where id = ${run}`.execute(town.db)
  await sql`insert into guiji.publication (run_id, dataset_id, at, held_after, received_after)
    values (${run}, ${dataset.id}, '2026-11-10T06:00Z', 10, 10)`.execute(town.db)
  const [judged] = await judge(town.db, { now: new Date('2026-11-10T06:01Z') })
  expect(judged).toMatchObject({ outcome: 'late', cause: 'awaiting-approval' })
  expect(await verdict(town, '2026-11-10T06:01Z')).toMatchObject({ verdict: 'fresh', kept: 0n, owed: 1n })
})

test('a void period is nobody’s next deadline', async () => {
  await using town = await city()
  const dataset = await planned(town, daily)
  await sql`update guiji.occurrence set outcome = 'void' where period = '2026-11-10'`.execute(town.db)
  expect(await first(town, dataset, '2026-11-11T05:00Z')).toBe('2026-11-09 late platform-did-not-run')
  expect(await first(town, dataset, '2026-11-12T05:00Z')).toBe('2026-11-09 missed platform-did-not-run')
})

test('the answer does not depend on when the judge ran', async () => {
  await using often = await city()
  await using once = await city()
  const towns = [often, once]
  const datasets = await Promise.all(towns.map((town) => planned(town, daily)))
  for (const [index, town] of towns.entries()) {
    const dataset = datasets[index]
    if (dataset === undefined) throw new Error('no dataset')
    await town.run(dataset, '2026-11-09T18:00Z', {
      state: 'failed',
      complete: false,
      cause: 'source-wrong:empty',
      finished: '2026-11-09T18:01Z',
    })
    await town.run(dataset, '2026-11-10T06:00Z', { visible: '2026-11-10T06:10Z' })
  }
  for (let hour = 0; hour < 72; hour++) {
    await judge(often.db, { now: new Date(Date.UTC(2026, 10, 9, hour)) })
  }
  await judge(once.db, { now: new Date('2026-11-11T23:00Z') })
  const lines = await Promise.all(
    towns.map((town, index) => town.outcomes(datasets[index] ?? { id: 0n, harvest: 0n })),
  )
  expect(lines[0]).toEqual(lines[1])
  expect(lines[0]?.slice(0, 3)).toEqual([
    '2026-11-09 late source-wrong:empty',
    '2026-11-10 late platform-did-not-run',
    '2026-11-11 pending',
  ])
})

test('a promise due before its period ends asks for one delivery during it', async () => {
  await using town = await city()
  const dataset = await town.dataset('early', {
    cycle: 'daily',
    dueAfterDays: 0,
    dueTime: '18:00',
    from: '2026-11-09',
  })
  await planOccurrences(town.db, { now: new Date('2026-11-09T00:00Z'), horizonDays: 1 })
  await town.run(dataset, '2026-11-09T09:00Z', { visible: '2026-11-09T09:30Z' })
  expect(await first(town, dataset, '2026-11-09T11:00Z')).toBe('2026-11-09 kept')
})

test('realtime is owed by the hour, after its own lag', async () => {
  await using town = await city()
  const dataset = await town.dataset('live', { cycle: 'realtime', maxLag: 'PT5M', from: '2026-11-09' })
  await planOccurrences(town.db, { now: new Date('2026-11-08T16:30Z'), horizonDays: 0.1 })
  await town.run(dataset, '2026-11-08T17:01Z', { visible: '2026-11-08T17:04Z' })
  await town.run(dataset, '2026-11-08T18:03Z', { visible: '2026-11-08T18:06Z' })
  await judge(town.db, { now: new Date('2026-11-08T18:10Z') })
  expect((await town.outcomes(dataset)).slice(0, 3)).toEqual([
    '2026-11-09T00 kept',
    '2026-11-09T01 late platform-did-not-run',
    '2026-11-09T02 pending',
  ])
})

test('judges only the datasets asked for', async () => {
  await using town = await city()
  const one = await planned(town, daily)
  const judged = await judge(town.db, { now: new Date('2026-11-10T05:00Z'), datasetIds: [one.id + 1n] })
  expect(judged).toEqual([])
})

describe('verdicts', () => {
  test('a day in the life of a daily dataset', async () => {
    await using town = await city()
    const dataset = await planned(town, daily)
    const at = async (now: string) => {
      await judge(town.db, { now: new Date(now) })
      const { verdict: word, cause, dueAt } = await verdict(town, now)
      return [word, cause, dueAt?.toISOString().slice(5, 16)]
    }
    expect(await at('2026-11-09T15:00Z')).toEqual(['unknown', null, '11-10T00:00'])
    expect(await at('2026-11-09T16:30Z')).toEqual(['due', null, '11-10T00:00'])
    expect(await at('2026-11-10T01:00Z')).toEqual(['due', null, '11-10T00:00'])
    expect(await at('2026-11-10T04:30Z')).toEqual(['late', 'platform-did-not-run', '11-10T00:00'])
    expect(await at('2026-11-11T04:30Z')).toEqual(['missed', 'platform-did-not-run', '11-10T00:00'])
    await town.run(dataset, '2026-11-11T05:00Z', { visible: '2026-11-11T08:00Z' })
    expect(await at('2026-11-11T08:01Z')).toEqual(['fresh', null, '11-12T00:00'])
    expect(await at('2026-11-12T00:59Z')).toEqual(['due', null, '11-12T00:00'])
    expect(await at('2026-11-12T01:01Z')).toEqual(['at-risk', null, '11-12T00:00'])
    await town.run(dataset, '2026-11-12T00:50Z', { state: 'running', complete: false })
    expect(await at('2026-11-12T01:01Z')).toEqual(['due', null, '11-12T00:00'])
  })

  test('counts, completeness and what has no clock', async () => {
    await using town = await city()
    const dataset = await planned(town, daily)
    await town.dataset('free', { cycle: 'irregular' })
    await town.run(dataset, '2026-11-09T18:00Z', { visible: '2026-11-09T18:10Z' })
    const now = '2026-11-11T04:30Z'
    await judge(town.db, { now: new Date(now) })
    const all = await verdicts(town.db, { now: new Date(now) })
    expect(all).toEqual([
      {
        code: 'd',
        verdict: 'late',
        cause: 'platform-did-not-run',
        dueAt: new Date('2026-11-11T00:00Z'),
        completeThrough: new Date('2026-11-09T16:00Z'),
        kept: 1n,
        owed: 2n,
        noClock: false,
        provisional: false,
      },
      {
        code: 'free',
        verdict: 'no-clock',
        cause: null,
        dueAt: null,
        completeThrough: null,
        kept: 0n,
        owed: 0n,
        noClock: true,
        provisional: false,
      },
    ])
    expect(
      (await verdicts(town.db, { now: new Date(now), datasetIds: [dataset.id] })).map(({ code }) => code),
    ).toEqual(['d'])
  })

  test('a deadline counted without a calendar accuses nobody', async () => {
    await using town = await city()
    await planned(town, { cycle: 'daily', graceWorkingDays: 1, calendar: 'nobody', from: '2026-11-09' })
    const now = '2026-11-11T01:00Z'
    await judge(town.db, { now: new Date(now) })
    expect(await verdict(town, now)).toMatchObject({
      verdict: 'unknown',
      cause: 'calendar-unknown',
      provisional: true,
    })
  })

  test('a waived period, and one that is void, is not overdue', async () => {
    await using town = await city()
    await planned(town, daily)
    await sql`update guiji.occurrence set outcome = 'waived', cause = 'waived' where period = '2026-11-09'`.execute(
      town.db,
    )
    await sql`update guiji.occurrence set outcome = 'void' where period = '2026-11-10'`.execute(town.db)
    const now = '2026-11-11T05:00Z'
    await judge(town.db, { now: new Date(now) })
    expect(await verdict(town, now)).toMatchObject({ verdict: 'waived', cause: 'waived', owed: 0n })
  })

  test('an occurrence past its deadline is late before anybody judged it', async () => {
    await using town = await city()
    await planned(town, daily)
    expect(await verdict(town, '2026-11-10T04:30Z')).toMatchObject({ verdict: 'late', owed: 0n })
  })
})
