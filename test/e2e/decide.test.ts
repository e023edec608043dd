import { expect, test } from 'vitest'
import { harvestedTown, peopleCsv, type Town } from './town.ts'

interface Summary {
  readonly runs: readonly { readonly run: string; readonly state: string; readonly heldAfter: string }[]
}

/** Half of the people are gone: more than the harvest allows without a person's look. */
async function halfGone(place: Town): Promise<string> {
  await place.write('drops/people.csv', peopleCsv(20))
  const { runs } = await place.json<Summary>(['harvest', 'people'], { code: 3 })
  expect(runs[0]).toMatchObject({ state: 'awaiting-approval', heldAfter: '40' })
  return runs[0]?.run ?? ''
}

const rowsOf = async ({ pool }: Town, schema: 'store' | 'gone') =>
  (await pool.query(`select count(*) from ${schema}.people`)).rows[0]?.count

test('an approved run moves the vanished rows to the gone twin', async () => {
  await using place = await harvestedTown()
  const run = await halfGone(place)
  const shown = await place.guiji(['harvest', 'people', '--full'])
  expect(shown.code).toBe(3)
  const { runs } = await place.json<{ runs: { run: string; state: string }[] }>(['runs', 'people'])
  expect(runs.find((one) => one.run === run)?.state).toBe('refused')
  const waiting = runs[0]?.run ?? ''
  expect(shown.out).toContain(
    `20 of 40 rows are gone from the source; "guiji approve ${waiting}" deletes them`,
  )
  expect(await rowsOf(place, 'gone')).toBe(0n)
  const approved = await place.json(['approve', waiting])
  expect(approved).toMatchObject({ state: 'succeeded', deleted: '20', heldBefore: '40', heldAfter: '20' })
  expect([await rowsOf(place, 'store'), await rowsOf(place, 'gone')]).toEqual([20n, 20n])
  expect((await place.guiji(['verify'])).code).toBe(0)
  const decision = await place.pool.query(
    `select plan -> 'decision' ->> 'by' as by from guiji.run where id = $1`,
    [waiting],
  )
  expect(decision.rows).toEqual([{ by: 'tester' }])
  const gone = await place.guiji(['export', 'people', '--gone'])
  expect(gone.out.split('\n')).toHaveLength(22)
})

test('a refused run leaves everything as it was, and cannot be decided again', async () => {
  await using place = await harvestedTown()
  const run = await halfGone(place)
  expect(await place.json(['refuse', run])).toMatchObject({ state: 'refused', deleted: '0', heldAfter: '40' })
  expect([await rowsOf(place, 'store'), await rowsOf(place, 'gone')]).toEqual([40n, 0n])
  const left = await place.pool.query(
    `select table_name from information_schema.tables where table_schema = 'load'`,
  )
  expect(left.rows).toEqual([])
  const again = await place.guiji(['approve', run])
  expect(again.err).toContain(`error RUN_NOT_WAITING: run ${run} is refused, not waiting for approval`)
  expect(again.code).toBe(1)
})

test('a run loaded under another mapping is not published, and still waits', async () => {
  await using place = await harvestedTown()
  const run = await halfGone(place)
  await place.write(
    'harvests/mz.yaml',
    `harvests:
  - { dataset: people, source: mz_files, read: { file: people.csv }, items: { name: { from: name, normalise: [trim] } } }
  - { dataset: homes, source: mz_files, read: { file: homes.csv } }
`,
  )
  await place.json(['apply'])
  const { code, err } = await place.guiji(['approve', run])
  expect(code).toBe(1)
  expect(err).toContain('error RUN_STAGE_LOST')
  const { rows } = await place.pool.query('select state from guiji.run where id = $1', [run])
  expect(rows).toEqual([{ state: 'awaiting-approval' }])
})
