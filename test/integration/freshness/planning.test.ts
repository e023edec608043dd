import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { loadCalendars, workingDay } from '../../../src/freshness/calendar.ts'
import { changeTakesEffect } from '../../../src/freshness/commitments.ts'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { replanCommitments } from '../../../src/freshness/replan-commitments.ts'
import { seedCalendar } from '../../../src/freshness/seed-calendar.ts'
import { city } from './city.ts'

const now = new Date('2026-11-10T02:00Z')

test('plans every period from the commitment on, once, however often and by however many it is called', async () => {
  await using town = await city()
  const monthly = await town.dataset('monthly', { cycle: 'monthly', from: '2026-09-15' })
  const weekly = await town.dataset('weekly', { cycle: 'weekly', from: '2026-11-02' })
  const free = await town.dataset('free', { cycle: 'irregular' })
  const twice = { now, horizonDays: 18 }
  const results = await Promise.all([planOccurrences(town.db, twice), planOccurrences(town.db, twice)])
  expect(results.reduce((sum, { planned }) => sum + planned, 0)).toBe(6)
  expect(await town.outcomes(monthly)).toEqual(['2026-10 pending', '2026-11 pending'])
  expect(await town.outcomes(weekly)).toEqual(
    ['2026-W45', '2026-W46', '2026-W47', '2026-W48'].map((week) => `${week} pending`),
  )
  expect(await town.outcomes(free)).toEqual([])
  expect(await planOccurrences(town.db, { now, horizonDays: 40 })).toEqual({ planned: 4 })
  expect((await town.outcomes(monthly)).at(-1)).toBe('2026-12 pending')
})

test('what was already late when the promise was recorded is not owed', async () => {
  await using town = await city()
  const recordedAt = '2026-11-10T01:00Z'
  const daily = await town.dataset('daily', { cycle: 'daily', graceHours: 2, recordedAt })
  const annual = await town.dataset('annual', {
    cycle: 'annual',
    dueAfterDays: 330,
    from: '2020-01-01',
    recordedAt,
  })
  await planOccurrences(town.db, { now, horizonDays: 1 })
  expect(await town.outcomes(daily)).toEqual([
    '2026-11-09 pending',
    '2026-11-10 pending',
    '2026-11-11 pending',
  ])
  expect(await town.outcomes(annual)).toEqual(['2025 pending', '2026 pending'])
})

test('writes instants by the rules of the zone and the calendar', async () => {
  await using town = await city()
  await seedCalendar(town.db)
  const { id } = await town.dataset('monthly', {
    cycle: 'monthly',
    dueAfterDays: 1,
    graceWorkingDays: 2,
    from: '2026-09-01',
  })
  await planOccurrences(town.db, { now: new Date('2026-09-02T00:00Z'), horizonDays: 1 })
  const { rows } = await sql`select period, period_start, period_end, due_at, late_at, provisional
    from guiji.occurrence where dataset_id = ${id}`.execute(town.db)
  expect(rows).toEqual([
    {
      period: '2026-09',
      period_start: new Date('2026-08-31T16:00Z'),
      period_end: new Date('2026-09-30T16:00Z'),
      due_at: new Date('2026-10-01T00:00Z'),
      late_at: new Date('2026-10-09T00:00Z'),
      provisional: false,
    },
  ])
})

test('seeds the calendar without touching what an administrator wrote', async () => {
  await using town = await city()
  await sql`insert into guiji.calendar_day (calendar, day, is_working, name)
    values ('cn', '2026-10-01', true, 'worked here')`.execute(town.db)
  await seedCalendar(town.db)
  await seedCalendar(town.db)
  const calendar = (await loadCalendars(town.db)).get('cn')
  if (calendar === undefined) throw new Error('no calendar cn')
  expect(
    ['2026-10-01', '2026-10-02', '2026-10-10', '2027-01-01'].map((day) => workingDay(calendar, day)),
  ).toEqual([true, false, true, 'unknown'])
})

test('counts a provisional deadline again when the calendar becomes known', async () => {
  await using town = await city()
  await seedCalendar(town.db)
  const quarterly = await town.dataset('quarterly', {
    cycle: 'quarterly',
    graceWorkingDays: 1,
    from: '2026-10-01',
  })
  const deadline = async () => {
    const { rows } =
      await sql`select late_at, provisional from guiji.occurrence order by period_start limit 1`.execute(
        town.db,
      )
    return rows[0]
  }
  await planOccurrences(town.db, { now, horizonDays: 1 })
  expect(await deadline()).toEqual({ late_at: new Date('2027-01-04T00:00Z'), provisional: true })
  await judge(town.db, { now: new Date('2027-01-04T01:00Z') })
  expect(await town.outcomes(quarterly)).toEqual(['2026-Q4 late platform-did-not-run'])
  await sql`insert into guiji.calendar_year (calendar, year) values ('cn', 2027)`.execute(town.db)
  await sql`insert into guiji.calendar_day (calendar, day, is_working) values ('cn', '2027-01-04', false)`.execute(
    town.db,
  )
  await planOccurrences(town.db, { now, horizonDays: 1 })
  expect(await deadline()).toEqual({ late_at: new Date('2027-01-05T00:00Z'), provisional: false })
  expect(await town.outcomes(quarterly)).toEqual(['2026-Q4 pending'])
})

test('a change voids what had not begun and plans it anew; the period in progress stays as promised', async () => {
  await using town = await city()
  const dataset = await town.dataset('changing', { cycle: 'weekly', from: '2026-11-02' })
  await planOccurrences(town.db, { now, horizonDays: 10 })
  const version = { timeZone: 'Asia/Shanghai', effectiveFrom: '2026-11-02' }
  const from = changeTakesEffect(version, { ...version, effectiveFrom: '2026-11-02' }, now)
  expect(from).toBe('2026-11-11')
  await town.commit(dataset.id, { cycle: 'daily', from, recordedAt: now.toISOString() })
  const replan = () => town.db.transaction().execute((trx) => replanCommitments(trx, [dataset.id], now, 2))
  expect(await replan()).toEqual({ voided: 1, planned: 2 })
  expect(await replan()).toEqual({ voided: 0, planned: 0 })
  expect(await town.outcomes(dataset)).toEqual([
    '2026-W45 pending',
    '2026-W46 pending',
    '2026-11-11 pending',
    '2026-11-12 pending',
    '2026-W47 void',
  ])
  await planOccurrences(town.db, { now, horizonDays: 30 })
  const weeks = (await town.outcomes(dataset)).filter((line) => line.includes('-W'))
  expect(weeks).toEqual(['2026-W45 pending', '2026-W46 pending', '2026-W47 void'])
})

test('the period that begins on the very day of a change is owed by the new version alone', async () => {
  await using town = await city()
  const dataset = await town.dataset('daily', { cycle: 'daily', from: '2026-11-09' })
  await planOccurrences(town.db, { now, horizonDays: 2 })
  await town.commit(dataset.id, {
    cycle: 'daily',
    dueTime: '09:00',
    from: '2026-11-11',
    recordedAt: now.toISOString(),
  })
  await town.db.transaction().execute((trx) => replanCommitments(trx, [dataset.id], now, 1))
  expect(await town.outcomes(dataset)).toEqual([
    '2026-11-09 pending',
    '2026-11-10 pending',
    '2026-11-11 void',
    '2026-11-11 pending',
    '2026-11-12 void',
  ])
})

test('a version owes no period that starts after its successor took effect, planned ahead or not', async () => {
  await using town = await city()
  const dataset = await town.dataset('later', { cycle: 'weekly', from: '2026-11-02' })
  await planOccurrences(town.db, { now, horizonDays: 1 })
  await town.commit(dataset.id, { cycle: 'monthly', from: '2026-12-01', recordedAt: now.toISOString() })
  await town.db.transaction().execute((trx) => replanCommitments(trx, [dataset.id], now, 60))
  const weeks = [45, 46, 47, 48, 49].map((week) => `2026-W${week} pending`)
  expect(await town.outcomes(dataset)).toEqual([...weeks, '2026-12 pending', '2027-01 pending'])
})

test('a dataset that left the list owes no period that had not ended', async () => {
  await using town = await city()
  const dataset = await town.dataset('leaving', { cycle: 'weekly', from: '2026-11-02' })
  await planOccurrences(town.db, { now, horizonDays: 10 })
  await sql`update guiji.dataset set retired_at = ${now}`.execute(town.db)
  await town.db.transaction().execute((trx) => replanCommitments(trx, [dataset.id], now, 10))
  expect(await town.outcomes(dataset)).toEqual(['2026-W45 pending', '2026-W46 void', '2026-W47 void'])
})

test('a change takes effect on its own date, tomorrow, or after its predecessor', () => {
  const version = (effectiveFrom: string) => ({ timeZone: 'Asia/Shanghai', effectiveFrom })
  expect(changeTakesEffect(version('2026-01-01'), version('2027-01-01'), now)).toBe('2027-01-01')
  expect(changeTakesEffect(version('2026-01-01'), version('2026-01-01'), new Date('2026-11-10T16:30Z'))).toBe(
    '2026-11-12',
  )
  expect(changeTakesEffect(version('2026-11-11'), version('2026-01-01'), now)).toBe('2026-11-12')
})
