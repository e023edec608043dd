import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { planSlots } from '../../../src/schedule/plan-slots.ts'
import { finishSlot } from '../../../src/schedule/release-slots.ts'
import { replanChangedSlots } from '../../../src/schedule/replan-slots.ts'
import { tick } from '../../../src/schedule/tick.ts'
import { type City, city, type Dataset } from './city.ts'
import { at, slotsOf, testWorker } from './slot-town.ts'

async function define(town: City, { harvest }: Dataset, definition: object): Promise<void> {
  await sql`update guiji.harvest set definition = ${JSON.stringify(definition)}::jsonb where id = ${harvest}`.execute(
    town.db,
  )
}

async function enable(town: City, { harvest }: Dataset, enabled: boolean): Promise<void> {
  await sql`update guiji.harvest set enabled = ${enabled} where id = ${harvest}`.execute(town.db)
}

test('goes on from the previous slot, whenever and however often it is planned', async () => {
  await using town = await city()
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  const plan = (now: string, until: string) => planSlots(town.db, { now: at(now), until: at(until) })
  expect(await plan('10T00:00', '11T20:00')).toMatchObject({ harvests: 1, planned: 2, problems: [] })
  expect(await plan('10T00:07', '11T20:00')).toMatchObject({ harvests: 0, planned: 0, problems: [] })
  // Down for three days, and planned late: nothing is lost, nothing drifts.
  await plan('14T01:23', '14T20:00')
  expect(await slotsOf(town, nightly)).toEqual([10, 11, 12, 13, 14].map((day) => `${day}T18:30 planned`))
})

test('a slot that the hours of the source moved does not take the place of one that is meant later', async () => {
  await using town = await city()
  const promised = { cycle: 'daily', cadence: '0 8,20 * * *', hours: '20:00-06:00' } as const
  const moved = await town.dataset('moved', promised)
  // At 09:00 the slot of 08:00 is planned for some minute after 20:00; the one of 20:00 is planned afterwards.
  await planSlots(town.db, { now: at('09T20:00'), until: at('10T01:00') })
  await planSlots(town.db, { now: at('10T01:00'), until: at('10T13:00') })
  const { rows } =
    await sql`select meant_at from guiji.slot where harvest_id = ${moved.harvest} order by meant_at`.execute(
      town.db,
    )
  expect(rows).toEqual([{ meant_at: at('10T00:00') }, { meant_at: at('10T12:00') }])
})

test('jitter gives each harvest its own place, always the same', async () => {
  await using town = await city()
  const places = new Set<string>()
  for (let index = 0; index < 12; index++) {
    const one = await town.dataset(`d${index}`, { cycle: 'daily', cadence: '0 2 * * *', jitter: 'PT30M' })
    await planSlots(town.db, { now: at('10T00:00'), until: at('12T20:00') })
    const times = (await slotsOf(town, one)).map((slot) => slot.slice(3, 8))
    expect(times).toHaveLength(3)
    expect(new Set(times).size).toBe(1)
    places.add(times[0] ?? '')
    expect(times.every((time) => time >= '18:00' && time < '18:30')).toBe(true)
  }
  expect(places.size).toBeGreaterThan(8)
})

test('takes the latest of the missed slots, records the others, and each only once', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('13T20:00') })
  const [slot, ...more] = await worker.take(at('12T20:00'))
  if (slot === undefined) throw new Error('nothing was taken')
  expect(slot).toEqual({
    harvestId: nightly.harvest,
    datasetId: nightly.id,
    dataset: 'nightly',
    instant: at('12T18:30'),
    workerId: worker.id,
  })
  expect(more).toEqual([])
  expect(await worker.take(at('12T20:00'))).toEqual([])
  await finishSlot(town.db, slot, await town.run(nightly, '2026-11-12T20:01Z', { slot: slot.instant }))
  expect(await slotsOf(town, nightly)).toEqual([
    '10T18:30 skipped missed',
    '11T18:30 skipped missed',
    '12T18:30 done',
    '13T18:30 planned',
  ])
})

test('missed slots: none is run, or all of them, in order', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const pace = { cycle: 'daily', cadence: '30 2 * * *' } as const
  const none = await town.dataset('none', { ...pace, missedSlots: 'none' })
  const all = await town.dataset('all', { ...pace, missedSlots: 'all' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('12T20:00') })
  const ran: string[] = []
  for (let turn = 0; turn < 5; turn++) {
    for (const slot of await worker.take(at('12T18:50'))) {
      ran.push(`${slot.dataset} ${slot.instant.toISOString().slice(8, 10)}`)
      await finishSlot(town.db, slot, await town.run(all, '2026-11-12T20:01Z', { slot: slot.instant }))
    }
  }
  expect(ran).toEqual(['all 10', 'all 11', 'all 12'])
  expect(await slotsOf(town, none)).toEqual([
    '10T18:30 skipped missed',
    '11T18:30 skipped missed',
    '12T18:30 skipped missed',
  ])
})

test('missed slots: one that is taken in time is run, whatever the policy', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  for (const missedSlots of ['none', 'latest', 'all'] as const)
    await town.dataset(missedSlots, { cycle: 'daily', cadence: '30 2 * * *', missedSlots })
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T20:00') })
  expect((await worker.take(at('10T18:35'))).map(({ dataset }) => dataset)).toEqual(['none', 'latest', 'all'])
})

test('however many ask at once, a slot has one taker', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  await using other = await testWorker(town)
  for (let index = 0; index < 40; index++)
    await town.dataset(`d${index}`, { cycle: 'daily', cadence: '*/30 * * * *' })
  const ask = async (index: number) => {
    await planSlots(town.db, { now: at('10T00:00'), until: at('10T02:00') })
    return await [worker, other][index % 2]?.take(at('10T02:00'), 7)
  }
  const taken = (await Promise.all(Array.from({ length: 8 }, (_, index) => ask(index)))).flat()
  const all = [...taken, ...(await worker.take(at('10T02:00')))].filter((slot) => slot !== undefined)
  expect(all).toHaveLength(40)
  expect(new Set(all.map(({ harvestId }) => harvestId)).size).toBe(40)
  expect(all.every(({ instant }) => instant.getTime() === at('10T02:00').getTime())).toBe(true)
})

test('a dataset with a run under way keeps its slot, one whose run is silent does not wait for it', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T20:00') })
  await town.run(nightly, '2026-11-10T17:00Z', { state: 'running' })
  expect(await worker.take(at('10T20:00'))).toEqual([])
  await sql`update guiji.run set lease_until = clock_timestamp()`.execute(town.db)
  expect(await worker.take(at('10T20:00'))).toHaveLength(1)
})

test('editing a cadence forgets what lay ahead and sets off nothing for the past', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const edited = await town.dataset('edited', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('12T20:00') })
  await worker.take(at('10T20:00'))
  await define(town, edited, { cadence: '0 */6 * * *' })
  expect(await replanChangedSlots(town.db, at('12T01:00'))).toBe(1)
  expect(await replanChangedSlots(town.db, at('12T01:00'))).toBe(0)
  await planSlots(town.db, { now: at('12T01:00'), until: at('12T12:00') })
  expect(await slotsOf(town, edited)).toEqual([
    '10T18:30 taken',
    '11T18:30 planned',
    '12T04:00 planned',
    '12T10:00 planned',
  ])
})

test('an edit that nobody told is found by the tick', async () => {
  await using town = await city()
  const edited = await town.dataset('edited', { cycle: 'daily', cadence: '30 2 * * *' })
  await tick(town.db, { now: at('10T00:00'), horizonDays: 3, thorough: true })
  await define(town, edited, { cadence: '0 5 * * *' })
  await tick(town.db, { now: at('10T01:00'), horizonDays: 3, thorough: true })
  expect(await slotsOf(town, edited)).toEqual(['10T21:00 planned'])
})

test('switching off and on again makes up for nothing', async () => {
  await using town = await city()
  const paused = await town.dataset('paused', { cycle: 'daily', cadence: '0 * * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T02:00') })
  await enable(town, paused, false)
  await replanChangedSlots(town.db, at('10T00:30'))
  await planSlots(town.db, { now: at('10T06:00'), until: at('10T08:00') })
  expect(await slotsOf(town, paused)).toEqual([])
  await enable(town, paused, true)
  await replanChangedSlots(town.db, at('12T00:30'))
  await planSlots(town.db, { now: at('12T00:40'), until: at('12T02:00') })
  expect(await slotsOf(town, paused)).toEqual(['12T01:00 planned', '12T02:00 planned'])
})

test('a clock that was a year ahead does not stop the harvest for a year', async () => {
  await using town = await city()
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('09T00:00'), until: at('09T20:00') })
  await planSlots(town.db, { now: new Date('2027-11-09T00:00Z'), until: new Date('2027-11-09T20:00Z') })
  await planSlots(town.db, { now: at('10T00:00'), until: at('11T20:00') })
  expect(await slotsOf(town, nightly)).toEqual(['09T18:30 planned', '10T18:30 planned', '11T18:30 planned'])
})

test('without a cadence, slots follow the promise and stop when it is kept', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const daily = await town.dataset('daily', { cycle: 'daily', graceHours: 4, from: '2026-11-09' })
  const free = await town.dataset('free', { cycle: 'irregular' })
  await planOccurrences(town.db, { now: at('09T00:00'), horizonDays: 3 })
  await planSlots(town.db, { now: at('09T00:00'), until: at('10T06:00') })
  const planned = await slotsOf(town, daily)
  expect(planned).toHaveLength(3)
  expect(planned.every((slot) => slot > '09T16:00' && slot < '10T04:00' && slot.endsWith('planned'))).toBe(
    true,
  )
  expect(await slotsOf(town, free)).toEqual([])
  const [first] = await worker.take(at('09T21:30'))
  if (first === undefined) throw new Error('nothing was taken')
  expect(first.dataset).toBe('daily')
  await town.run(daily, '2026-11-09T21:31Z', { visible: '2026-11-09T21:32Z' })
  await judge(town.db, { now: at('09T21:33') })
  expect(await worker.take(at('10T06:00'))).toEqual([])
  expect((await slotsOf(town, daily)).map((slot) => slot.slice(9))).toEqual([
    'taken',
    'skipped missed',
    'skipped nothing-owed',
  ])
})

test('a promise due in the morning from a source that is closed by then is tried in the night', async () => {
  await using town = await city()
  const promised = { cycle: 'daily', from: '2026-11-09', graceHours: 4, hours: '22:00-05:00' } as const
  const shy = await town.dataset('shy', promised)
  await planOccurrences(town.db, { now: at('09T00:00'), horizonDays: 3 })
  await planSlots(town.db, { now: at('09T00:00'), until: at('10T06:00') })
  const found = (await slotsOf(town, shy)).map((slot) => slot.slice(0, 8))
  // Closed at 05:00 (21:00Z); due 08:00 (00:00Z), late after 12:00.
  expect(found.length).toBeGreaterThan(1)
  expect(found.filter((slot) => slot >= '09T16:00' && slot < '09T21:00')).toEqual(found)
})

test('realtime is tried all through the hour, though the hour before is kept', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  await town.dataset('live', { cycle: 'realtime', maxLag: 'PT20M', from: '2026-11-09' })
  await planOccurrences(town.db, { now: at('09T00:00'), horizonDays: 2 })
  await sql`update guiji.occurrence set outcome = 'kept', kept_at = period_end where period_end <= ${at('10T00:00')}`.execute(
    town.db,
  )
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T01:00') })
  expect(await worker.take(at('10T00:12'))).toHaveLength(1)
  const { rows } =
    await sql`select from guiji.slot where instant > ${at('10T00:00')} and instant <= ${at('10T01:00')}`.execute(
      town.db,
    )
  expect(rows).toHaveLength(6)
})

test('a harvest that was switched off is not run, one that cannot be read is named', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const off = await town.dataset('off', { cycle: 'daily', cadence: '30 2 * * *' })
  const wrong = await town.dataset('wrong', { cycle: 'daily', cadence: '30 25 * * *' })
  const { problems } = await planSlots(town.db, { now: at('10T00:00'), until: at('10T20:00') })
  const problem = { problem: 'value', field: 'hour', value: '25', expected: '0-23' }
  expect(problems).toEqual([{ harvestId: wrong.harvest, problem }])
  const { rows } = await sql`select problem from guiji.slot_plan where problem is not null`.execute(town.db)
  expect(rows).toEqual([{ problem }])
  await enable(town, off, false)
  expect(await worker.take(at('10T20:00'))).toEqual([])
  expect(await slotsOf(town, off)).toEqual(['10T18:30 skipped disabled'])
})

test('what is owed now is due at once on a new machine, and not again when kept', async () => {
  await using town = await city()
  await using worker = await testWorker(town)
  const recorded = { from: '2026-11-01', recordedAt: '2026-11-09T23:00Z' }
  const daily = await town.dataset('daily', { cycle: 'daily', ...recorded })
  await town.dataset('monthly', { cycle: 'monthly', ...recorded })
  const due = async (now: Date) => {
    await tick(town.db, { now, horizonDays: 40, thorough: true })
    return await worker.take(now)
  }
  const [first, ...more] = await due(at('09T23:30'))
  expect([first?.dataset, more]).toEqual(['daily', []])
  if (first === undefined) throw new Error('nothing was taken')
  const facts = { slot: first.instant, visible: '2026-11-09T23:32Z' }
  await finishSlot(town.db, first, await town.run(daily, '2026-11-09T23:31Z', facts))
  expect(await due(at('09T23:40'))).toEqual([])
  expect(await due(at('10T15:59'))).toEqual([])
  expect((await due(at('10T21:30'))).map(({ dataset }) => dataset)).toEqual(['daily'])
  expect(await town.outcomes(daily)).toContain('2026-11-09 kept')
})

test('what misses its deadline is judged by the next tick, without waiting for the thorough one', async () => {
  await using town = await city()
  const daily = await town.dataset('daily', { cycle: 'daily', from: '2026-11-09' })
  await tick(town.db, { now: at('09T23:00'), horizonDays: 3, thorough: true })
  expect(await town.outcomes(daily)).toContain('2026-11-09 pending')
  await tick(town.db, { now: at('10T00:01'), horizonDays: 3, thorough: false })
  expect(await town.outcomes(daily)).toContain('2026-11-09 late platform-did-not-run')
})
