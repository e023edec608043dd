import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { dueHarvests, dueSlots, finishSlot } from '../../../src/schedule/due-slots.ts'
import { planSlots, replanSlots } from '../../../src/schedule/slots.ts'
import { type City, city, type Dataset } from './city.ts'

const at = (text: string) => new Date(`2026-11-${text}Z`)

async function slots(town: City, { harvest }: Dataset): Promise<string[]> {
  const { rows } = await sql<{ instant: Date; state: string; reason: string | null }>`
    select instant, state, reason from guiji.slot where harvest_id = ${harvest} order by instant`.execute(
    town.db,
  )
  return rows.map(({ instant, state, reason }) =>
    [instant.toISOString().slice(8, 16), state, reason].filter(Boolean).join(' '),
  )
}

test('goes on from the previous slot, whenever and however often it is planned', async () => {
  await using town = await city()
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  expect(await planSlots(town.db, { now: at('10T00:00'), until: at('11T20:00') })).toEqual({
    planned: 2,
    problems: [],
  })
  expect(await planSlots(town.db, { now: at('10T00:07'), until: at('11T20:00') })).toEqual({
    planned: 0,
    problems: [],
  })
  // Down for three days, and planned late: nothing is lost, nothing drifts.
  await planSlots(town.db, { now: at('14T01:23'), until: at('14T20:00') })
  expect(await slots(town, nightly)).toEqual([10, 11, 12, 13, 14].map((day) => `${day}T18:30 planned`))
})

test('takes the latest of the missed slots, records the others, and each only once', async () => {
  await using town = await city()
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('13T20:00') })
  const [slot, ...more] = await dueSlots(town.db, at('12T20:00'), 10)
  expect(slot).toEqual({
    harvestId: nightly.harvest,
    datasetId: nightly.id,
    dataset: 'nightly',
    instant: at('12T18:30'),
  })
  expect(more).toEqual([])
  expect(await dueSlots(town.db, at('12T20:00'), 10)).toEqual([])
  const run = await town.run(nightly, '2026-11-12T20:01Z', { visible: '2026-11-12T20:02Z' })
  await finishSlot(town.db, { harvestId: nightly.harvest, instant: at('12T18:30') }, run)
  expect(await slots(town, nightly)).toEqual([
    '10T18:30 skipped missed',
    '11T18:30 skipped missed',
    '12T18:30 done',
    '13T18:30 planned',
  ])
})

test('however many ask at once, a slot has one taker', async () => {
  await using town = await city()
  for (let index = 0; index < 40; index++)
    await town.dataset(`d${index}`, { cycle: 'daily', cadence: '*/30 * * * *' })
  const tick = async () => {
    await planSlots(town.db, { now: at('10T00:00'), until: at('10T02:00') })
    return town.db.transaction().execute((trx) => dueSlots(trx, at('10T02:00'), 7))
  }
  const taken = (await Promise.all(Array.from({ length: 8 }, tick))).flat()
  const rest = await dueSlots(town.db, at('10T02:00'), 100)
  const all = [...taken, ...rest]
  expect(all).toHaveLength(40)
  expect(new Set(all.map(({ harvestId }) => harvestId)).size).toBe(40)
  expect(all.every(({ instant }) => instant.getTime() === at('10T02:00').getTime())).toBe(true)
})

test('a caller that fails gives its slots back', async () => {
  await using town = await city()
  await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T20:00') })
  const failing = town.db.transaction().execute(async (trx) => {
    expect(await dueSlots(trx, at('10T20:00'), 10)).toHaveLength(1)
    throw new Error('no room')
  })
  await expect(failing).rejects.toThrow('no room')
  expect(await dueSlots(town.db, at('10T20:00'), 10)).toHaveLength(1)
})

test('a dataset with a run under way keeps its slot', async () => {
  await using town = await city()
  const nightly = await town.dataset('nightly', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T20:00') })
  await town.run(nightly, '2026-11-10T17:00Z', { state: 'running' })
  expect(await dueSlots(town.db, at('10T20:00'), 10)).toEqual([])
  await sql`update guiji.run set state = 'failed'`.execute(town.db)
  expect(await dueSlots(town.db, at('10T20:00'), 10)).toHaveLength(1)
})

test('editing a cadence forgets what lay ahead and sets off nothing for the past', async () => {
  await using town = await city()
  const edited = await town.dataset('edited', { cycle: 'daily', cadence: '30 2 * * *' })
  await planSlots(town.db, { now: at('10T00:00'), until: at('12T20:00') })
  await dueSlots(town.db, at('10T20:00'), 10)
  await sql`update guiji.harvest set definition = '{"cadence": "0 */6 * * *"}'`.execute(town.db)
  await replanSlots(town.db, [edited.harvest], at('12T01:00'))
  await planSlots(town.db, { now: at('12T01:00'), until: at('12T12:00') })
  expect(await slots(town, edited)).toEqual([
    '10T18:30 taken',
    '11T18:30 planned',
    '12T01:00 skipped replanned',
    '12T04:00 planned',
    '12T10:00 planned',
  ])
})

test('without a cadence, slots follow the promise and stop when it is kept', async () => {
  await using town = await city()
  const daily = await town.dataset('daily', { cycle: 'daily', graceHours: 4, from: '2026-11-09' })
  const free = await town.dataset('free', { cycle: 'irregular' })
  await planOccurrences(town.db, { now: at('09T00:00'), horizonDays: 3 })
  await planSlots(town.db, { now: at('09T00:00'), until: at('10T06:00') })
  const planned = await slots(town, daily)
  expect(planned).toHaveLength(3)
  expect(planned.every((slot) => slot > '09T16:00' && slot < '10T04:00' && slot.endsWith('planned'))).toBe(
    true,
  )
  expect(await slots(town, free)).toEqual([])
  const [first] = await dueSlots(town.db, at('09T21:30'), 10)
  expect(first?.dataset).toBe('daily')
  await town.run(daily, '2026-11-09T21:31Z', { visible: '2026-11-09T21:32Z' })
  await judge(town.db, { now: at('09T21:33') })
  expect(await dueSlots(town.db, at('10T06:00'), 10)).toEqual([])
  expect((await slots(town, daily)).map((slot) => slot.slice(9))).toEqual([
    'taken',
    'skipped missed',
    'skipped nothing-owed',
  ])
})

test('realtime is tried all through the hour, though the hour before is kept', async () => {
  await using town = await city()
  await town.dataset('live', { cycle: 'realtime', maxLag: 'PT20M', from: '2026-11-09' })
  await planOccurrences(town.db, { now: at('09T00:00'), horizonDays: 2 })
  await sql`update guiji.occurrence set outcome = 'kept', kept_at = period_end where period_end <= ${at('10T00:00')}`.execute(
    town.db,
  )
  await planSlots(town.db, { now: at('10T00:00'), until: at('10T01:00') })
  expect(await dueSlots(town.db, at('10T00:12'), 10)).toHaveLength(1)
  const { rows } =
    await sql`select from guiji.slot where instant > ${at('10T00:00')} and instant <= ${at('10T01:00')}`.execute(
      town.db,
    )
  expect(rows).toHaveLength(6)
})

test('a source with hours is read only within them', async () => {
  await using town = await city()
  const shy = await town.dataset('shy', { cycle: 'daily', cadence: '0 8,12,22 * * *', hours: '20:00-06:00' })
  await planSlots(town.db, { now: at('09T20:00'), until: at('10T15:00') })
  const found = await slots(town, shy)
  expect(found).toHaveLength(2)
  expect(found[0]).toMatch(/^10T12:[0-2]\d planned$/)
  expect(found[1]).toBe('10T14:00 planned')
})

test('a harvest that was switched off is not run, one that cannot be read is named', async () => {
  await using town = await city()
  const off = await town.dataset('off', { cycle: 'daily', cadence: '30 2 * * *' })
  const wrong = await town.dataset('wrong', { cycle: 'daily', cadence: '30 25 * * *' })
  const { problems } = await planSlots(town.db, { now: at('10T00:00'), until: at('10T20:00') })
  expect(problems).toEqual([
    { harvestId: wrong.harvest, problem: { problem: 'value', field: 'hour', value: '25', expected: '0-23' } },
  ])
  await sql`update guiji.harvest set enabled = false where id = ${off.harvest}`.execute(town.db)
  expect(await dueSlots(town.db, at('10T20:00'), 10)).toEqual([])
  expect(await slots(town, off)).toEqual(['10T18:30 skipped disabled'])
})

test('harvest --due: what is owed now is due at once on a new machine, and not again when kept', async () => {
  await using town = await city()
  const daily = await town.dataset('daily', {
    cycle: 'daily',
    from: '2026-11-01',
    recordedAt: '2026-11-09T23:00Z',
  })
  await town.dataset('monthly', { cycle: 'monthly', from: '2026-11-01', recordedAt: '2026-11-09T23:00Z' })
  const due = (now: Date) => dueHarvests(town.db, { now, limit: 100, horizonDays: 40 })
  expect((await due(at('09T23:30'))).map(({ dataset }) => dataset)).toEqual(['daily'])
  await town.run(daily, '2026-11-09T23:31Z', { visible: '2026-11-09T23:32Z' })
  expect(await due(at('09T23:40'))).toEqual([])
  expect(await due(at('10T15:59'))).toEqual([])
  expect((await due(at('10T21:30'))).map(({ dataset }) => dataset)).toEqual(['daily'])
  expect(await town.outcomes(daily)).toContain('2026-11-09 kept')
})
