import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { CalendarDocument } from '../../../catalog-schema/documents/documents.ts'
import { loadCalendars } from '../../../src/freshness/calendar.ts'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { reviseDeadlines } from '../../../src/freshness/revise-deadlines.ts'
import { verdicts } from '../../../src/freshness/verdicts.ts'
import { recordCalendars } from '../../../src/workspace/record-calendars.ts'
import { type City, city } from './city.ts'

const cn2027: CalendarDocument = {
  code: 'cn',
  restDays: ['saturday', 'sunday'],
  years: [{ year: 2027, notice: '国办', off: ['2027-01-01/2027-01-04'], worked: ['2027-01-09'] }],
  changes: [],
}

async function record(town: City, calendars: readonly CalendarDocument[]): Promise<void> {
  const client = await town.database.pool.connect()
  try {
    await recordCalendars(client, { calendars })
  } finally {
    client.release()
  }
}

/** As `guiji apply` does after the documents of a calendar changed. */
async function revise(town: City, now: string, changed: readonly string[]): Promise<void> {
  await reviseDeadlines(town.db, await loadCalendars(town.db), { now: new Date(now), changed })
  await judge(town.db, { now: new Date(now) })
}

async function history(town: City): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', j.reason, j.outcome, j.cause, 'by', to_char(j.late_at at time zone 'UTC', 'MM-DD HH24:MI'),
      case when j.provisional then 'provisional' end) as line
    from guiji.judgement j order by j.id`.execute(town.db)
  return rows.map(({ line }) => line)
}

test('a verdict by an unknown calendar is provisional; the notice that arrives late judges anew, visibly', async () => {
  await using town = await city()
  await record(town, [])
  const quarterly = await town.dataset('q', { cycle: 'quarterly', graceWorkingDays: 1, from: '2026-10-01' })
  await planOccurrences(town.db, { now: new Date('2026-11-01T00:00Z'), horizonDays: 1 })
  await town.run(quarterly, '2027-01-04T05:00Z', { visible: '2027-01-04T06:00Z' })
  const late = new Date('2027-01-04T01:00Z')
  await judge(town.db, { now: late })
  const [before] = await verdicts(town.db, { now: late })
  expect(before).toMatchObject({ verdict: 'unknown', cause: 'calendar-unknown', provisional: true })
  await judge(town.db, { now: new Date('2027-01-04T06:30Z') })
  await record(town, [cn2027])
  await revise(town, '2027-01-05T00:00Z', ['cn'])
  expect(await town.outcomes(quarterly)).toEqual(['2026-Q4 kept'])
  expect(await history(town)).toEqual([
    'deadline late platform-did-not-run by 01-04 00:00 provisional',
    'delivery late platform-did-not-run by 01-04 00:00 provisional',
    'calendar pending by 01-05 00:00',
    'calendar kept by 01-05 00:00',
  ])
  const [after] = await verdicts(town.db, { now: new Date('2027-01-05T00:00Z') })
  expect(after).toMatchObject({ kept: 1n, owed: 1n, provisional: false })
})

test('a day changed in a known year moves the deadlines that rest on it, and no others', async () => {
  await using town = await city()
  await record(town, [])
  const monthly = await town.dataset('m', { cycle: 'monthly', graceWorkingDays: 1, from: '2026-08-01' })
  await planOccurrences(town.db, { now: new Date('2026-08-01T00:00Z'), horizonDays: 60 })
  const deadlines = async () => {
    const { rows } = await sql<{ late_at: Date }>`
      select late_at from guiji.occurrence where dataset_id = ${monthly.id} order by period_start`.execute(
      town.db,
    )
    return rows.map(({ late_at }) => late_at.toISOString().slice(5, 13))
  }
  // September's is due on 1 October, in the middle of the National Day: eight days later.
  expect(await deadlines()).toEqual(['09-02T00', '10-08T00', '11-02T00'].slice(0, (await deadlines()).length))
  const change = { ...cn2027, years: [], changes: [{ day: '2026-09-02', working: false, name: '本市放假' }] }
  await record(town, [change])
  await revise(town, '2026-08-20T00:00Z', ['cn'])
  expect((await deadlines()).slice(0, 2)).toEqual(['09-03T00', '10-08T00'])
  await record(town, [])
  await revise(town, '2026-08-20T00:00Z', ['cn'])
  expect((await deadlines())[0]).toBe('09-02T00')
})

test('another region has its own week and days', async () => {
  await using town = await city()
  const gulf: CalendarDocument = {
    code: 'gulf',
    restDays: ['friday', 'saturday'],
    years: [{ year: 2026, off: ['2026-11-08'], worked: [] }],
    changes: [],
  }
  await record(town, [gulf])
  const daily = await town.dataset('g', {
    cycle: 'daily',
    calendar: 'gulf',
    timeZone: 'Asia/Dubai',
    graceWorkingDays: 1,
    from: '2026-11-04',
  })
  await planOccurrences(town.db, { now: new Date('2026-11-04T00:00Z'), horizonDays: 1 })
  const { rows } = await sql<{ late_at: Date; provisional: boolean }>`
    select late_at, provisional from guiji.occurrence where dataset_id = ${daily.id} order by period_start limit 1`.execute(
    town.db,
  )
  // Due on Thursday the 5th; Friday and Saturday are the week's rest, Sunday the 8th a holiday.
  expect(rows).toEqual([{ late_at: new Date('2026-11-09T04:00Z'), provisional: false }])
})
