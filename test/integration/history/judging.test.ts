/** The judge looks only into months that can matter; which these are, the runs themselves say. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { firstRunSince } from '../../../src/freshness/first-run-since.ts'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { rollUp } from '../../../src/history/roll-up.ts'
import { city } from '../freshness/city.ts'

test('a delivery in a month that is rolled up still counts, and older months are passed over', async () => {
  await using town = await city()
  const { db } = town
  const { pool } = town.database
  const dataset = await town.dataset('daily', { cycle: 'daily', from: '2026-06-10' })
  const old = await town.run(dataset, '2024-03-05T01:00:00Z', { visible: '2024-03-05T02:00:00Z' })
  const run = await town.run(dataset, '2026-06-10T18:00:00Z', { visible: '2026-06-10T19:00:00Z' })
  for (const [id, month] of [
    [old, '2024-03-01'],
    [run, '2026-06-01'],
  ] as const) {
    await sql`update guiji.publication set run_id = guiji.first_run_of(${month}) + 1 where run_id = ${id}`.execute(
      db,
    )
    await sql`update guiji.run set id = guiji.first_run_of(${month}) + 1 where id = ${id}`.execute(db)
    await sql`select guiji.add_month(${month})`.execute(db)
  }
  const client = await pool.connect()
  try {
    const signal = new AbortController().signal
    const rolled = await rollUp(client, { now: new Date('2026-09-01T00:00:00Z'), zone: 'UTC', signal })
    expect(rolled).toEqual(expect.arrayContaining(['2024-03-01', '2026-06-01']))
  } finally {
    client.release()
  }
  const now = new Date('2026-06-11T12:00:00Z')
  await planOccurrences(db, { now, horizonDays: 2 })
  await sql`update guiji.history_month set rolled_at = now() where month = '-infinity'`.execute(db)
  const [june] = (await sql<{ id: bigint }>`select guiji.first_run_of('2026-06-01') as id`.execute(db)).rows
  expect(await firstRunSince(db, { now })).toBe(june?.id)
  await judge(db, { now })
  const outcomes = await town.outcomes(dataset)
  expect(outcomes.find((text) => text.startsWith('2026-06-10'))).toBe('2026-06-10 kept')

  await sql`insert into guiji.run (id, harvest_id, dataset_id, state, mode, started_at)
    values (guiji.first_run_of('2024-05-01') + 1, ${dataset.harvest}, ${dataset.id}, 'failed', 'snapshot', ${now})`.execute(
    db,
  )
  const [strayed] = (await sql<{ id: bigint }>`select guiji.first_run_of('2024-05-01') + 1 as id`.execute(db))
    .rows
  expect(await firstRunSince(db, { now: new Date('2026-06-12T12:00:00Z') })).toBe(strayed?.id)
})
