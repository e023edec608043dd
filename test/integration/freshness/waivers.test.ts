import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { verdicts } from '../../../src/freshness/verdicts.ts'
import { applyWaivers, recordWaivers, revokeWaiver, untilInstant } from '../../../src/freshness/waivers.ts'
import { type City, city, type Dataset, type Promised } from './city.ts'

// A daily dataset of Asia/Shanghai: the 9th ends at 16:00Z, is due on the 10th at 00:00Z and late after 04:00Z.
const daily: Promised = { cycle: 'daily', graceHours: 4, from: '2026-11-09' }
const horizon = { now: new Date('2026-11-09T00:00Z'), horizonDays: 3 }

async function planned(town: City): Promise<Dataset> {
  const dataset = await town.dataset('d', daily)
  await planOccurrences(town.db, horizon)
  return dataset
}

async function waive(
  town: City,
  { id }: Dataset,
  at: string,
  until: string | undefined,
  period = '2026-11-09',
) {
  const now = new Date(at)
  const waiver = { datasetId: id, periods: [period], reason: '系统升级', announcedBy: '王主任' }
  const [recorded] = await recordWaivers(
    town.db,
    [
      {
        ...waiver,
        until: until === undefined ? undefined : new Date(until),
        origin: 'command',
        recordedBy: 'me',
      },
    ],
    now,
  )
  if (recorded === undefined) throw new Error('no waiver')
  await applyWaivers(town.db, now)
  await judge(town.db, { now })
  return recorded
}

async function first(town: City, dataset: Dataset, now: string) {
  await judge(town.db, { now: new Date(now) })
  const [line] = await town.outcomes(dataset)
  const [found] = await verdicts(town.db, { now: new Date(now) })
  return { line, verdict: found?.verdict, due: found?.dueAt?.toISOString().slice(5, 16) }
}

/** Everything that was ever said of a period: reason, outcome and cause, with the day and hour at which it was said. */
async function history(town: City, period: string): Promise<string[]> {
  const { rows } = await sql<{ at: Date; said: string }>`
    select j.at, concat_ws(' ', j.reason, j.outcome, j.cause) as said from guiji.judgement j
    join guiji.occurrence o on o.id = j.occurrence_id where o.period = ${period} order by j.id`.execute(
    town.db,
  )
  return rows.map(({ at, said }) => `${at.toISOString().slice(8, 16)} ${said}`)
}

describe('an announced delay', () => {
  test('excuses the period until its instant, and no longer', async () => {
    await using town = await city()
    const dataset = await planned(town)
    await waive(town, dataset, '2026-11-09T02:00Z', '2026-11-10T12:00Z')
    expect(await first(town, dataset, '2026-11-10T04:30Z')).toEqual({
      line: '2026-11-09 waived waived',
      verdict: 'waived',
      due: '11-10T12:00',
    })
    expect(await first(town, dataset, '2026-11-10T12:00Z')).toMatchObject({
      line: '2026-11-09 waived waived',
      verdict: 'waived',
    })
    expect(await first(town, dataset, '2026-11-10T12:01Z')).toMatchObject({
      line: '2026-11-09 late platform-did-not-run',
      verdict: 'late',
    })
    expect(await first(town, dataset, '2026-11-11T05:00Z')).toMatchObject({
      line: '2026-11-09 missed platform-did-not-run',
      verdict: 'missed',
    })
    expect(await history(town, '2026-11-09')).toEqual([
      '09T02:00 waiver waived waived',
      '10T12:01 deadline late platform-did-not-run',
      '11T05:00 deadline missed platform-did-not-run',
    ])
  })

  test('a delivery in time keeps the promise all the same; one within the delay is waived', async () => {
    await using town = await city()
    const dataset = await planned(town)
    await waive(town, dataset, '2026-11-09T02:00Z', '2026-11-10T12:00Z')
    await waive(town, dataset, '2026-11-09T02:00Z', '2026-11-11T12:00Z', '2026-11-10')
    await town.run(dataset, '2026-11-10T02:00Z', { visible: '2026-11-10T03:00Z' })
    await town.run(dataset, '2026-11-11T09:00Z', { visible: '2026-11-11T10:00Z' })
    await judge(town.db, { now: new Date('2026-11-11T11:00Z') })
    expect((await town.outcomes(dataset)).slice(0, 2)).toEqual([
      '2026-11-09 kept',
      '2026-11-10 waived waived',
    ])
    const [found] = await verdicts(town.db, { now: new Date('2026-11-11T11:00Z') })
    expect(found).toMatchObject({ verdict: 'waived', kept: 1n, owed: 1n })
  })

  test('without an instant the period is not owed at all', async () => {
    await using town = await city()
    const dataset = await planned(town)
    await waive(town, dataset, '2026-11-10T05:00Z', undefined)
    expect(await first(town, dataset, '2026-11-10T09:00Z')).toMatchObject({
      line: '2026-11-09 waived waived',
      verdict: 'waived',
    })
    await sql`delete from guiji.occurrence where period <> '2026-11-09'`.execute(town.db)
    expect(await first(town, dataset, '2027-11-10T09:00Z')).toMatchObject({
      line: '2026-11-09 waived waived',
      verdict: 'waived',
    })
  })

  test('recorded after the deadline it changes what was said, visibly, and revoking it changes it back', async () => {
    await using town = await city()
    const dataset = await planned(town)
    await judge(town.db, { now: new Date('2026-11-10T04:30Z') })
    const waiver = await waive(town, dataset, '2026-11-10T05:00Z', '2026-11-12T00:00Z')
    expect((await town.outcomes(dataset))[0]).toBe('2026-11-09 waived waived')
    const now = new Date('2026-11-10T06:00Z')
    await revokeWaiver(town.db, waiver, { by: 'me', reason: 'withdrawn', now })
    await applyWaivers(town.db, now)
    await judge(town.db, { now })
    expect(await history(town, '2026-11-09')).toEqual([
      '10T04:30 deadline late platform-did-not-run',
      '10T05:00 waiver waived waived',
      '10T06:00 waiver-revoked pending',
      '10T06:00 waiver-revoked late platform-did-not-run',
    ])
    await expect(revokeWaiver(town.db, waiver, { by: 'me', reason: 'again', now })).rejects.toMatchObject({
      code: 'WAIVER_REVOKED',
    })
    await expect(revokeWaiver(town.db, 99n, { by: 'me', reason: 'none', now })).rejects.toMatchObject({
      code: 'WAIVER_UNKNOWN',
    })
  })

  test('the newest of several counts, also for a period that is planned later', async () => {
    await using town = await city()
    const dataset = await planned(town)
    await waive(town, dataset, '2026-11-09T00:00Z', '2026-12-01T00:00Z', '2026-11-20')
    await waive(town, dataset, '2026-11-09T01:00Z', '2026-11-22T00:00Z', '2026-11-20')
    await planOccurrences(town.db, { ...horizon, horizonDays: 20 })
    const { rows } = await sql`select waived_until from guiji.occurrence where period = '2026-11-20'`.execute(
      town.db,
    )
    expect(rows).toEqual([{ waived_until: new Date('2026-11-22T00:00Z') }])
  })
})

test('nothing that was recorded or said can be changed or removed', async () => {
  await using town = await city()
  const dataset = await planned(town)
  await waive(town, dataset, '2026-11-09T02:00Z', undefined)
  for (const statement of [
    `update guiji.waiver set reason = 'other'`,
    'delete from guiji.waiver',
    `update guiji.judgement set outcome = 'kept'`,
    'delete from guiji.judgement',
    'truncate guiji.waiver_revocation',
  ])
    await expect(town.database.pool.query(statement)).rejects.toThrow('append-only')
})

test.each([
  ['2026-11-20', '2026-11-20T16:00:00.000Z'],
  ['2026-11-20T18:00', '2026-11-20T10:00:00.000Z'],
  ['2026-11-20T18:00:30', '2026-11-20T10:00:30.000Z'],
  ['2026-11-20T18:00+09:00', '2026-11-20T09:00:00.000Z'],
  ['2026-11-20T18:00Z', '2026-11-20T18:00:00.000Z'],
])('until %s', (text, expected) => {
  expect(untilInstant(text, 'Asia/Shanghai').toISOString()).toBe(expected)
})
