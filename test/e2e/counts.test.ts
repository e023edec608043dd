import { expect, test } from 'vitest'
import { harvestedTown, peopleCsv } from './town.ts'

interface Status {
  readonly totals: Readonly<Record<string, unknown>>
  readonly datasets: readonly Readonly<Record<string, string | null>>[]
}

test('status, ledger, rejects, verify, runs and the catalog say the same', async () => {
  await using place = await harvestedTown()
  await place.write('drops/people.csv', peopleCsv(38, { bad: true }).replace('名7,', '名七,'))
  await place.json(['harvest', 'people'])
  const status = await place.json<Status>(['status'])
  const people = status.datasets.find(({ code }) => code === 'people')
  expect(people).toMatchObject({ held: '38', received: '41' })

  const ledger = await place.json<{ totals: object; entries: object[] }>(['ledger', 'people'])
  expect(ledger.totals).toMatchObject({ held: '38', received: '41', deleted: '2' })
  const whole = await place.json<{ totals: object }>(['ledger'])
  expect(whole.totals).toMatchObject({ held: '40', received: '43' })
  const verify = await place.json<{ agree: boolean; datasets: object[] }>(['verify'])
  expect(verify.agree).toBe(true)
  expect(verify.datasets).toContainEqual(
    expect.objectContaining({ code: 'people', counted: '38', held: '38', ledger: '38', agree: true }),
  )
  const runs = await place.json<{ runs: { heldAfter: string }[] }>(['runs', 'people', '--limit', '1'])
  expect(runs.runs).toHaveLength(1)
  expect(runs.runs[0]?.heldAfter).toBe('38')
  const rejects = await place.json<{ rejects: string; groups: { count: string }[] }>(['rejects', 'people'])
  expect(rejects.rejects).toBe('4')

  const { rows } = await place.pool.query(
    `select held::text, received::text, open_rejects::text as rejects from catalog.datasets where code = 'people'`,
  )
  expect(rows).toEqual([{ held: '38', received: '41', rejects: '4' }])
  const history = await place.pool.query(
    `select held::text from catalog.row_counts where code = 'people' order by run`,
  )
  expect(history.rows).toEqual([{ held: '40' }, { held: '38' }])
  const grouped = await place.pool.query(
    `select sum(rejects)::text as rejects, count(*)::int as groups from catalog.rejects where code = 'people'`,
  )
  expect(grouped.rows).toEqual([{ rejects: '4', groups: rejects.groups.length }])
})

test('catalog.freshness says of every dataset what status says, clocks and all', async () => {
  await using place = await harvestedTown()
  const status = await place.json<Status>(['status'])
  const each = await Promise.all(
    status.datasets.map(async ({ code }) => await place.json<Status>(['status', String(code)])),
  )
  const { rows } = await place.pool.query<Record<string, Date | string | bigint | boolean | null>>(
    `select code, name, department, verdict, cause, due_at as "dueAt", complete_through as "completeThrough",
       last_checked_at as "lastCheckedAt", last_changed_at as "lastChangedAt", held, received,
       source_published_at as "sourcePublishedAt", published_by as "sourcePublishedBy", checked_by as "lastCheckedBy",
       loaded_at as "loadedAt", as_of as "visibleAt", complete_by as "completeThroughBy", provisional
     from catalog.freshness order by department, code`,
  )
  const plain = (value: unknown) =>
    value instanceof Date ? value.getTime() : typeof value === 'boolean' ? value : (value?.toString() ?? null)
  const told = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, one]) => [name, plain(one)])),
  )
  const inMilliseconds = ({ cycle: _, ...one }: Status['datasets'][number]) =>
    Object.fromEntries(
      Object.entries(one).map(([name, value]) => [
        name,
        /At$|Through$/.test(name) && value !== null ? Date.parse(value ?? '') : value,
      ]),
    )
  expect(told).toEqual(each.flatMap(({ datasets }) => datasets.map(inMilliseconds)))
  const said = status.datasets.map(inMilliseconds)
  expect(told).toMatchObject(said)
  expect(said.map(({ verdict }) => verdict).sort()).toEqual(['fresh', 'no-clock', 'unknown'])
})

test('verify finds a row that no ledger entry accounts for', async () => {
  await using place = await harvestedTown()
  await place.pool.query(`delete from store.people where id = '7'`)
  const { code, out } = await place.guiji(['verify'])
  expect(code).toBe(1)
  expect(out).toMatch(/^people +39 +40 +40 +-1 /m)
  expect(out).toContain('1 of 3 datasets disagree')
})

test('a reject comes back byte for byte, with its place and reason', async () => {
  await using place = await harvestedTown()
  const { records } = await place.json<{
    records: {
      id: string
      reason: string
      column: string | null
      value: string
      place: object
      raw: string
    }[]
  }>(['rejects', 'people', '--list'])
  expect(records.map(({ reason }) => reason).sort()).toEqual(['ragged', 'range', 'required', 'type'])
  const wrongDate = records.find(({ reason }) => reason === 'type')
  expect(wrongDate).toMatchObject({
    ...{ column: 'born', value: '1980-13-02', raw: '902,坏,1980-13-02,1' },
    place: { file: 'people.csv', line: 43 },
  })
  const raw = await place.guiji(['rejects', 'people', '--raw', wrongDate?.id ?? ''])
  expect(raw.out).toBe('902,坏,1980-13-02,1')
  const other = await place.guiji(['rejects', 'homes', '--raw', wrongDate?.id ?? ''])
  expect(other.code).toBe(2)
  expect(other.err).toContain('error REJECT_UNKNOWN')
  const all = await place.json<{ rejects: string; groups: { dataset: string }[] }>(['rejects'])
  expect(all).toMatchObject({
    rejects: '4',
    groups: Array.from({ length: 4 }, () => ({ dataset: 'people' })),
  })
  const table = await place.guiji(['rejects', 'people', '--reason', 'type'], { lang: 'zh' })
  expect(table.out).toMatch(/^people +类型不符 +born +1 /m)
})

test('preview shows what a run would make of the first records, and writes nothing', async () => {
  await using place = await harvestedTown()
  const tables = async () =>
    (await place.pool.query(`select schemaname, relname, n_live_tup from pg_stat_user_tables`)).rows.length
  const before = await tables()
  const preview = await place.json<{ rows: object[]; rejects: object[]; more: boolean }>([
    ...['preview', 'people', '--rows', '43'],
  ])
  expect(preview.rows).toHaveLength(40)
  expect(preview.rows[0]).toEqual({ id: '1', name: '名1', born: '1980-01-02', amount: '1.50' })
  expect(preview.rejects).toMatchObject([{ reason: 'required' }, { reason: 'type' }, { reason: 'range' }])
  expect(preview.more).toBe(true)
  expect(await tables()).toBe(before)
  const { rows } = await place.pool.query('select count(*)::int as count from guiji.reject')
  expect(rows).toEqual([{ count: 4 }])
})
