import { expect, test } from 'vitest'
import { type Town, town } from './town.ts'

interface Status {
  readonly datasets: readonly Readonly<Record<string, unknown>>[]
  readonly periods: readonly {
    readonly period: string
    readonly outcome: string
    readonly cause: string | null
    readonly said: readonly { readonly outcome: string; readonly reason: string }[]
  }[]
  readonly waivers: readonly { readonly id: string; readonly revokedBy: string | null }[]
}

async function statusOf(place: Town, code: string): Promise<Status> {
  return place.json<Status>(['status', code])
}

test('a status tells the six clocks of a dataset, and what each is taken from', async () => {
  await using place = await town()
  await place.json(['apply'])
  await place.json(['harvest', 'people'])
  const [people] = (await statusOf(place, 'people')).datasets
  expect(people).toMatchObject({
    sourcePublishedBy: 'file-time',
    lastCheckedBy: 'complete-listing',
    loadedAt: expect.stringMatching(/\+08:00$/),
    visibleAt: people?.loadedAt,
    lastChangedAt: people?.loadedAt,
    completeThrough: null,
    completeThroughBy: null,
    provisional: false,
  })
  await place.json(['harvest', 'people'])
  const [again] = (await statusOf(place, 'people')).datasets
  expect(again).toMatchObject({ lastCheckedBy: 'mtime+size', loadedAt: people?.loadedAt })
  const shown = await place.guiji(['status', 'people'])
  for (const text of ['source published', 'time of the newest file', 'file time and size unchanged'])
    expect(shown.out).toContain(text)
  const { rows } = await place.pool.query(
    `select published_by, checked_by, loaded_at is not null as loaded from catalog.freshness where code = 'people'`,
  )
  expect(rows).toEqual([{ published_by: 'file-time', checked_by: 'mtime+size', loaded: true }])
})

test('a business date declared in the mapping says how far the data goes', async () => {
  await using place = await town()
  await place.write(
    'harvests/mz.yaml',
    `harvests: [{ dataset: people, source: mz_files, read: { file: people.csv }, businessDate: born }]\n`,
  )
  await place.json(['apply'])
  await place.write(
    'drops/people.csv',
    'id,name,born,amount\n1,甲,2026-03-04,1\n2,乙,2026-03-01,1\n3,丙,2999-01-01,1\n',
  )
  await place.json(['harvest', 'people'])
  const through = async () => (await statusOf(place, 'people')).datasets[0]
  expect(await through()).toMatchObject({
    completeThrough: '2026-03-05T00:00:00+08:00',
    completeThroughBy: 'business-date',
  })
  await place.write(
    'drops/people.csv',
    'id,name,born,amount\n1,甲,2026-03-04,1\n2,乙,2026-03-01,1\n4,丁,2026-03-09,1\n',
  )
  await place.json(['harvest', 'people'])
  expect(await through()).toMatchObject({ completeThrough: '2026-03-10T00:00:00+08:00' })
  const wrong = place.write(
    'harvests/mz.yaml',
    `harvests: [{ dataset: people, source: mz_files, read: { file: people.csv }, businessDate: name }]\n`,
  )
  await wrong
  const refused = await place.guiji(['apply'])
  expect(refused.code).toBe(2)
  expect(refused.err + refused.out).toMatch(/harvests\/mz\.yaml:1:\d+ .*"name".*born/s)
})

test('a delay is waived by command, shown, revoked and kept on record', async () => {
  await using place = await town()
  await place.json(['apply'])
  const { periods } = await statusOf(place, 'people')
  const period = periods[0]?.period ?? ''
  const words = ['waive', 'people', period]
  expect((await place.guiji(words)).err).toContain('--reason')
  const given = [...words, '--reason', '系统升级', '--by', '王主任']
  const wrong = await place.guiji(['waive', 'people', '2019', ...given.slice(3)])
  expect([wrong.code, wrong.err.includes(period)]).toEqual([1, true])
  expect((await place.guiji([...given, '--until', 'soon'])).code).toBe(2)
  await place.json([...given, '--until', '2099-01-02'])
  const waived = await statusOf(place, 'people')
  expect(waived.periods[0]).toMatchObject({ outcome: 'waived', cause: 'waived' })
  // The day is not over yet: nothing is owed that could be excused.
  expect(waived.datasets[0]).toMatchObject({ verdict: 'unknown' })
  const board = await place.guiji(['status', 'people'], { lang: 'zh' })
  for (const text of ['已豁免', '系统升级', '王主任', 'tester', '2099-01-03 00:00'])
    expect(board.out).toContain(text)
  const [waiver] = waived.waivers
  await place.json(['waive', '--revoke', waiver?.id ?? '', '--reason', '已恢复'])
  const after = await statusOf(place, 'people')
  expect(after.periods[0]?.outcome).toBe('pending')
  expect(after.periods[0]?.said.map(({ reason, outcome }) => `${reason} ${outcome}`)).toEqual([
    'waiver waived',
    'waiver-revoked pending',
  ])
  expect(after.waivers).toMatchObject([{ id: waiver?.id, revokedBy: 'tester' }])
})

test('documents give waivers and calendars, and take them back', async () => {
  await using place = await town()
  const waiver = 'waivers:\n  - { dataset: people, periods: [2099-01-01], reason: 迁移机房, by: 民政局 }\n'
  await place.write('waivers/mz.yaml', waiver)
  await place.write(
    'calendars/cn.yaml',
    `calendar:
  code: cn
  years: [{ year: 2026, notice: 更正, off: [2026-01-01/2026-01-03], worked: [2026-01-04] }]
  changes: [{ day: 2026-11-11, working: false, name: 本市放假 }]
`,
  )
  const applied = await place.guiji(['apply'])
  expect(applied.out).toContain('+ waiver people 2099-01-01')
  expect(applied.out).toContain('+ calendar cn')
  const days = async () => {
    const { rows } = await place.pool.query(
      `select day::text, is_working, origin from guiji.calendar_day where calendar = 'cn'
         and day in ('2026-01-02', '2026-01-04', '2026-02-17', '2026-11-11', '2025-10-01') order by day`,
    )
    return rows.map(({ day, is_working, origin }) => `${day} ${is_working ? 'worked' : 'off'} ${origin}`)
  }
  expect(await days()).toEqual([
    '2025-10-01 off package',
    '2026-01-02 off document',
    '2026-01-04 worked document',
    '2026-11-11 off document',
  ])
  await place.write('calendars/cn.yaml', '# nothing\n')
  await place.write('waivers/mz.yaml', '# nothing\n')
  const again = await place.guiji(['apply'])
  expect(again.out).toContain('- waiver people 2099-01-01')
  expect(await days()).toEqual([
    '2025-10-01 off package',
    '2026-01-02 off package',
    '2026-01-04 worked package',
    '2026-02-17 off package',
  ])
  const { waivers } = await place.json<Status>(['waive', 'people'])
  expect(waivers).toMatchObject([{ origin: 'document', recordedBy: 'tester', revokedBy: 'tester' }])
  await place.write('waivers/mz.yaml', waiver.replace('people', 'peoples'))
  await place.write(
    'calendars/hk.yaml',
    'calendar: { code: hk, years: [{ year: 2026, off: [2026-01-02/2026-01-01] }] }\n',
  )
  const refused = await place.guiji(['apply'])
  expect(refused.code).toBe(2)
  expect(refused.err + refused.out).toMatch(/waivers\/mz\.yaml:2:\d+ .*people/)
  expect(refused.err + refused.out).toMatch(/calendars\/hk\.yaml:1:\d+ /)
})

test('a commitment changed in mid-period voids and plans anew, and says so', async () => {
  await using place = await town()
  await place.json(['apply'])
  const catalog = (await import('./town.ts')).catalog.replace(
    'commitment: 每日',
    'commitment: { cycle: 每周, grace: { hours: 0.5, workingDays: 1 }, seasons: [{ from: 11-15, to: 03-15 }] }',
  )
  await place.write('catalog/mz.yaml', catalog)
  const applied = await place.guiji(['apply'])
  expect(applied.out).toMatch(/\d+ periods are void because their commitment changed/)
  const { rows } = await place.pool.query(
    `select j.reason, j.outcome from guiji.judgement j join guiji.dataset d on d.id = j.dataset_id
     where d.code = 'people' group by 1, 2`,
  )
  expect(rows).toEqual([{ reason: 'commitment', outcome: 'void' }])
  const stored = await place.pool.query(
    `select grace_hours, seasons from guiji.commitment c join guiji.dataset d on d.id = c.dataset_id
     where d.code = 'people' order by effective_from desc limit 1`,
  )
  expect(stored.rows).toEqual([{ grace_hours: 0.5, seasons: ['11-15/03-15'] }])
})
