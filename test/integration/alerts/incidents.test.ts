import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import type { Dataset, Promised } from '../freshness/city.ts'
import { halfHour, type WatchedCity, watchedCity } from './watched-city.ts'

// Due at 00:00Z the day after, late after 02:00Z.
const daily: Promised = { cycle: 'daily', graceHours: 2, from: '2026-11-09' }
const free: Promised = { cycle: 'irregular', from: '2026-01-01' }

async function plan(town: WatchedCity): Promise<void> {
  await planOccurrences(town.db, { now: new Date('2026-11-09T00:00Z'), horizonDays: 4 })
}

async function onOneSource(town: WatchedCity, count: number, promised: Promised): Promise<Dataset[]> {
  const datasets: Dataset[] = []
  for (let at = 1; at <= count; at++) datasets.push(await town.dataset(`d${at}`, promised))
  await sql`update guiji.harvest set source = 'd1'`.execute(town.db)
  return datasets
}

async function fails(town: WatchedCity, dataset: Dataset, at: string, cause: string): Promise<void> {
  await town.run(dataset, at, { state: 'failed', complete: false, cause, finished: at })
}

describe('one message for each change', () => {
  test('thirty datasets behind one blocked host are one message, and one more when it is over', async () => {
    await using town = await watchedCity()
    const datasets = await onOneSource(town, 30, free)
    for (const dataset of datasets)
      await fails(town, dataset, '2026-11-09T01:00Z', 'source-unreachable:blocked')
    expect(await town.check('2026-11-09T01:05Z')).toMatchObject({ opened: 1, open: 1, delivered: 1 })
    expect(await town.told('duty')).toEqual([
      '[error] source unreachable: d1, datasets: 30 (source unreachable: access blocked)',
    ])
    for (let minute = 10; minute < 60; minute += 10)
      expect(await town.check(`2026-11-09T01:${minute}Z`)).toMatchObject({ opened: 0, delivered: 0 })
    for (const dataset of datasets.slice(1))
      await town.run(dataset, '2026-11-09T02:00Z', { visible: '2026-11-09T02:01Z' })
    expect(await town.check('2026-11-09T02:05Z')).toMatchObject({ opened: 0, resolved: 0 })
    const [first] = datasets
    if (first !== undefined) await town.run(first, '2026-11-09T02:10Z', { visible: '2026-11-09T02:11Z' })
    expect(await town.check('2026-11-09T02:15Z')).toMatchObject({ resolved: 1, open: 0 })
    expect(await town.told('duty')).toEqual([
      '[resolved] source unreachable: d1 · d1 (source unreachable: access blocked)',
    ])
    expect(await town.told('chief')).toEqual([])
  })

  test('another cause at the same source is another incident', async () => {
    await using town = await watchedCity()
    const [one, two] = await onOneSource(town, 2, free)
    if (one === undefined || two === undefined) throw new Error('no dataset')
    await fails(town, one, '2026-11-09T01:00Z', 'source-unreachable:blocked')
    await fails(town, two, '2026-11-09T01:00Z', 'source-unreachable:credential')
    expect(await town.check('2026-11-09T01:05Z')).toMatchObject({ opened: 2, delivered: 2 })
  })

  test('from at risk to late to missed: each step is told, none as solved; the delivery is', async () => {
    await using town = await watchedCity()
    const dataset = await town.dataset('d', daily)
    await plan(town)
    // It usually takes three hours.
    await town.run(dataset, '2026-11-09T00:00Z', { visible: '2026-11-09T03:00Z' })
    expect(await town.check('2026-11-09T17:00Z')).toMatchObject({ open: 0 })
    await town.check('2026-11-09T23:30Z')
    expect(await town.told('duty')).toEqual(['[warning] promise at risk: d · d'])
    await town.check('2026-11-10T02:01Z')
    expect(await town.told('duty')).toEqual([
      '[error] promise late: d · d (the platform did not run in time)',
    ])
    await town.check('2026-11-11T02:01Z')
    expect(await town.told('duty')).toEqual([
      '[error] promise missed: d · d (the platform did not run in time)',
    ])
    await town.run(dataset, '2026-11-11T03:00Z', { visible: '2026-11-11T03:10Z' })
    await town.check('2026-11-11T03:15Z')
    expect(await town.told('duty')).toEqual([
      '[resolved] promise missed: d · d (the platform did not run in time)',
    ])
  })

  test('what is open too long goes to the second contact once, and its end to both', async () => {
    await using town = await watchedCity()
    const dataset = await town.dataset('d', free)
    await fails(town, dataset, '2026-11-09T01:00Z', 'platform-failed')
    await town.check('2026-11-09T01:00Z')
    expect(await town.check('2026-11-09T02:59Z')).toMatchObject({ escalated: 0 })
    expect(await town.told('chief')).toEqual([])
    expect(await town.check('2026-11-09T03:00Z')).toMatchObject({ escalated: 1 })
    expect(await town.check('2026-11-09T05:00Z')).toMatchObject({ escalated: 0 })
    expect(await town.told('chief')).toEqual([
      '[error, open since 2026-11-09 09:00] run failed: d · d (the platform failed)',
    ])
    await town.run(dataset, '2026-11-09T05:10Z', { visible: '2026-11-09T05:11Z' })
    await town.check('2026-11-09T05:15Z')
    const over = ['[resolved] run failed: d · d (the platform failed)']
    expect(await town.told('chief')).toEqual(over)
    expect((await town.told('duty')).slice(1)).toEqual(over)
  })
})

describe('what is seen', () => {
  test.each([
    ['failed', 'source-wrong:schema', 'catalogue-outdated'],
    ['failed', 'source-wrong:content', 'run-failed'],
    ['failed', 'source-unreachable:dns', 'source-unreachable'],
    ['lost', 'platform-failed', 'run-failed'],
    ['partial', 'held-by-checks', 'run-held'],
    ['refused', 'held-by-checks', 'run-held'],
    ['awaiting-approval', 'awaiting-approval', 'run-waiting'],
  ])('a last run that is %s by %s is %s', async (state, cause, kind) => {
    await using town = await watchedCity()
    const dataset = await town.dataset('d', free)
    await town.run(dataset, '2026-11-09T01:00Z', {
      state,
      cause,
      complete: false,
      finished: '2026-11-09T01:01Z',
    })
    await town.check('2026-11-09T01:05Z')
    expect(await kinds(town)).toEqual([kind])
  })

  test('a run under way, one that a person stopped and rejects in a published run are no incident', async () => {
    await using town = await watchedCity()
    const dataset = await town.dataset('d', free)
    await town.run(dataset, '2026-11-09T01:00Z', { state: 'partial', visible: '2026-11-09T01:01Z' })
    await town.run(dataset, '2026-11-09T02:00Z', {
      state: 'cancelled',
      complete: false,
      finished: '2026-11-09T02:01Z',
    })
    await town.run(dataset, '2026-11-09T03:00Z', { state: 'running', complete: false })
    await town.check('2026-11-09T03:05Z')
    expect(await kinds(town)).toEqual([])
  })

  test('a new attempt under way keeps an incident open', async () => {
    await using town = await watchedCity()
    const dataset = await town.dataset('d', free)
    await fails(town, dataset, '2026-11-09T01:00Z', 'platform-failed')
    await town.check('2026-11-09T01:05Z')
    await town.run(dataset, '2026-11-09T02:00Z', { state: 'running', complete: false })
    expect(await town.check('2026-11-09T02:05Z')).toMatchObject({ resolved: 0, open: 1 })
  })

  test('a deadline counted without a calendar accuses nobody', async () => {
    await using town = await watchedCity()
    await town.dataset('d', { cycle: 'daily', graceWorkingDays: 1, calendar: 'nobody', from: '2026-11-09' })
    await plan(town)
    await town.check('2026-11-11T01:00Z')
    expect(await kinds(town)).toEqual([])
  })

  test('a department without a catalogue, unless others below it have one', async () => {
    await using town = await watchedCity()
    await town.dataset('d', free)
    await sql`insert into guiji.department (code, name, parent) values
      ('city', '市政府', null), ('empty', '新设部门', 'city')`.execute(town.db)
    await town.check('2026-11-09T01:00Z')
    expect(await kinds(town)).toEqual(['catalogue-missing empty'])
  })

  test('a promised dataset that was delivered and is not harvested any more', async () => {
    await using town = await watchedCity()
    const ended = await town.dataset('ended', daily)
    await town.dataset('never', daily)
    await town.dataset('clockless', free)
    const run = await town.run(ended, '2026-11-09T01:00Z', { visible: '2026-11-09T01:01Z' })
    await sql`insert into guiji.dataset_state as state (dataset_id, published_run) values (${ended.id}, ${run})
      on conflict (dataset_id) do update set published_run = excluded.published_run`.execute(town.db)
    await sql`update guiji.harvest set enabled = false`.execute(town.db)
    await town.check('2026-11-09T02:00Z')
    const { rows } = await sql<{ datasets: string[] }>`
      select datasets from guiji.alert where kind = 'sharing-ended'`.execute(town.db)
    expect(rows).toEqual([{ datasets: ['ended'] }])
  })

  test('a count that differs from the ledger, until it agrees again', async () => {
    await using town = await watchedCity()
    const { id } = await town.dataset('d', free)
    await sql`insert into guiji.verification values (${id}, '2026-11-09T01:00Z', 9, 10, 10, false)`.execute(
      town.db,
    )
    await town.check('2026-11-09T01:05Z')
    expect(await town.told('duty')).toEqual(['[error] count and ledger differ: d'])
    await sql`update guiji.verification set agree = true`.execute(town.db)
    expect(await town.check('2026-11-09T02:05Z')).toMatchObject({ resolved: 1 })
  })

  test('planned runs that nobody took, once they have waited too long', async () => {
    await using town = await watchedCity()
    const { harvest } = await town.dataset('d', free)
    const at = '2026-11-09T01:00Z'
    await sql`insert into guiji.slot (harvest_id, instant, meant_at, origin, source)
      select id, ${at}, ${at}, 'cadence', source from guiji.harvest where id = ${harvest}`.execute(town.db)
    const options = { checkEveryMilliseconds: halfHour }
    expect(await town.check('2026-11-09T01:30Z', options)).toMatchObject({ opened: 0 })
    await town.check('2026-11-09T01:31Z', options)
    expect(await kinds(town)).toEqual(['platform-did-not-run'])
  })

  test('a check that did not run', async () => {
    await using town = await watchedCity()
    await town.dataset('d', free)
    const options = { checkEveryMilliseconds: halfHour }
    await town.check('2026-11-09T01:00Z', options)
    expect(await town.check('2026-11-09T01:30Z', options)).toMatchObject({ opened: 0 })
    await town.check('2026-11-09T05:00Z', options)
    expect(await town.told('duty')).toEqual(['[error] the check for alerts did not run'])
    expect(await town.check('2026-11-09T05:30Z', options)).toMatchObject({ resolved: 1 })
  })
})

async function kinds(town: WatchedCity): Promise<string[]> {
  const { rows } = await sql<{ kind: string; department: string | null }>`
    select kind, department from guiji.alert where closed_at is null order by id`.execute(town.db)
  return rows.map(({ kind, department }) => [kind, department].filter(Boolean).join(' '))
}
