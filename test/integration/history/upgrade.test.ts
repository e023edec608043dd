/** A store that was there before history lay in months is brought over whole. */
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/store/migrate.ts'
import { addUpLedger, readLedger, readLedgerTotals } from '../../../src/store/read-ledger.ts'
import { readRuns } from '../../../src/store/read-runs.ts'
import { bareDatabase, type TestDatabase } from '../../setup/database.ts'

const folder = new URL('../../../catalog-schema/control/migrations/', import.meta.url)

/** As the first three migrations left it, marked as applied. */
async function olderStore(): Promise<TestDatabase> {
  const database = await bareDatabase()
  await database.pool.query(
    `create schema guiji; create table guiji.migration (name text primary key, applied_at timestamptz not null)`,
  )
  const files = (await readdir(folder)).sort().slice(0, 3)
  expect(files.at(-1)).toBe('0003-catalog.sql')
  for (const name of files) {
    await database.pool.query(await readFile(new URL(name, folder), 'utf8'))
    await database.pool.query('insert into guiji.migration values ($1, now())', [name])
  }
  return database
}

/** Two datasets with two years of days; the second has a run under way. */
const facts = `
  insert into guiji.department (code, name) values ('mz', '民政局');
  insert into guiji.source (code, name, department, kind, definition) values ('s', 's', 'mz', 'csv', '{}');
  insert into guiji.dataset (code, name, department, table_name, sharing_type, definition)
    values ('a', '甲', 'mz', 'a', 'none', '{}'), ('b', '乙', 'mz', 'b', 'none', '{}');
  insert into guiji.harvest (dataset_id, source, mode, definition, enabled)
    select id, 's', 'snapshot', '{}', true from guiji.dataset;
  insert into guiji.commitment (dataset_id, cycle, time_zone, calendar, due_time, due_after_days, satisfied_by,
    effective_from, recorded_at)
    select id, 'daily', 'Asia/Shanghai', 'cn', '08:00', 1, 'check', '2024-01-01', '2024-01-01' from guiji.dataset;
  insert into guiji.run (harvest_id, dataset_id, state, mode, started_at, finished_at, read, accepted, inserted,
    unchanged, held_before, held_after, complete, cause)
    select d.id, d.id, case when n % 10 = 0 then 'failed' else 'succeeded' end, 'snapshot',
      timestamptz '2024-01-01 18:00Z' + n * interval '1 day', timestamptz '2024-01-01 18:05Z' + n * interval '1 day',
      10 + n, 10 + n, 1, 9 + n, 9 + n, 10 + n, n % 10 <> 0, case when n % 10 = 0 then 'platform-failed' end
    from guiji.dataset d cross join generate_series(1, 700) n order by n, d.id;
  insert into guiji.ledger (run_id, dataset_id, chunk, kind, read, accepted, inserted, unchanged)
    select id, dataset_id, 0, 'chunk', read, accepted, inserted, unchanged from guiji.run;
  insert into guiji.publication (run_id, dataset_id, at, held_after, received_after)
    select id, dataset_id, finished_at, held_after, held_after from guiji.run where state = 'succeeded';
  insert into guiji.dataset_state (dataset_id, held, received, published_run)
    select dataset_id, count(*), count(*), max(run_id) from guiji.publication group by dataset_id;
  insert into guiji.run (harvest_id, dataset_id, state, mode, started_at)
    select id, id, 'running', 'snapshot', '2025-12-02 01:00Z' from guiji.dataset where code = 'b';
  insert into guiji.occurrence (commitment_id, dataset_id, period, period_start, period_end, due_at, late_at, outcome,
    kept_at, cause)
    select c.id, c.dataset_id, n::text, p.at, p.at + interval '1 day', p.at + interval '32 hours',
      p.at + interval '32 hours', x.outcome, case when x.outcome = 'kept' then p.at + interval '26 hours' end,
      case when x.outcome = 'missed' then 'platform-failed' end
    from guiji.commitment c cross join generate_series(1, 720) n
    cross join lateral (select timestamptz '2024-01-01 16:00Z' + n * interval '1 day' as at) p
    cross join lateral (select case when n > 701 then 'pending' when n % 10 = 0 then 'missed' else 'kept' end
      as outcome) x;`

const instants = [
  '2025-12-01T20:00:00Z',
  '2025-12-02T23:59:59Z',
  '2025-12-05T12:00:00Z',
  '2026-02-01T00:00:00Z',
]

test('rows, counts, verdicts, the run under way and its rights are as before', async () => {
  await using database = await olderStore()
  const { pool } = database
  await pool.query(facts)
  const rows = async () => ({
    runs: (await pool.query('select * from guiji.run order by id')).rows,
    entries: (await pool.query('select * from guiji.ledger order by id')).rows,
    publications: (await pool.query('select * from guiji.publication order by id')).rows,
    verdicts: await Promise.all(
      instants.map(
        async (at) => (await pool.query('select * from guiji.verdicts($1) order by code', [at])).rows,
      ),
    ),
    counts: (await pool.query('select * from catalog.row_counts order by run')).rows,
    shown: (await pool.query('select * from catalog.runs order by run')).rows,
  })
  await pool
    .query('create role upgrade_reader; grant usage on schema catalog to upgrade_reader')
    .catch(() => {})
  await pool.query(
    'grant usage on schema catalog to upgrade_reader; grant select on catalog.freshness to upgrade_reader',
  )
  const before = await rows()
  expect(before.runs).toHaveLength(1401)

  expect((await migrate(pool)).applied[0]).toBe('0004-history.sql')
  expect(withoutLaterColumns(await rows(), before)).toEqual(before)
  for (const id of [1n, 2n]) {
    const carried = await readLedgerTotals(pool, id)
    expect(carried).toMatchObject({ entries: 630n, inserted: 630n, held: 630n })
    expect(await addUpLedger(pool, id)).toEqual(carried)
  }
  await pool.query(
    `select guiji.add_month((now() - n * interval '1 month')::date) from generate_series(1, 4) n`,
  )
  const newest = before.runs
    .slice(-30)
    .reverse()
    .map(({ id }) => id)
  expect((await readRuns(pool, { limit: 30 })).map(({ run }) => run)).toEqual(newest)
  const page = await readLedger(pool, { datasetId: 1n, limit: 7 })
  const ofFirst = before.entries.filter((entry) => entry.dataset_id === 1n).slice(-7)
  expect(page.map(({ run, state }) => `${run} ${state}`)).toEqual(
    ofFirst.map(({ run_id }) => `${run_id} ${before.runs.find(({ id }) => id === run_id)?.state}`),
  )
  const active = await pool.query('select dataset_id, run_id from guiji.active_run')
  expect(active.rows).toEqual([{ dataset_id: 2n, run_id: before.runs.at(-1)?.id }])
  const again = `insert into guiji.run (harvest_id, dataset_id, state, mode, started_at)
    values (2, 2, 'running', 'snapshot', now())`
  await expect(pool.query(again)).rejects.toMatchObject({ code: '23505' })
  const next = await pool.query<{ id: bigint; part: string }>(
    `insert into guiji.run (harvest_id, dataset_id, state, mode, started_at) values (1, 1, 'running', 'snapshot', now())
     returning id, tableoid::regclass::text as part`,
  )
  expect(next.rows[0]?.part).toMatch(/^guiji\.run_\d{6}$/)
  const months = await pool.query(
    `select sum(kept)::text as kept, sum(missed)::text as missed, count(*)::int as months from guiji.period_count
     where dataset_id = 1`,
  )
  expect(months.rows).toEqual([{ kept: '631', missed: '70', months: 24 }])
  const right = `select has_table_privilege('upgrade_reader', 'catalog.freshness', 'select') as may`
  expect((await pool.query(right)).rows).toEqual([{ may: true }])
  await pool.query('drop owned by upgrade_reader; drop role upgrade_reader')
  expect((await migrate(pool)).applied).toEqual([])
})

test('an empty store of before is brought over too', async () => {
  await using database = await olderStore()
  await migrate(database.pool)
  expect((await database.pool.query('select count(*) as months from guiji.history_month')).rows).toEqual([
    { months: 4n },
  ])
})

/** Later migrations add columns of their own; what was there is what is compared. */
function withoutLaterColumns(now: unknown, before: unknown): unknown {
  if (Array.isArray(now) && Array.isArray(before))
    return now.map((one, at) => withoutLaterColumns(one, before[at] ?? before[0]))
  if (!isPlain(now) || !isPlain(before)) return now
  const known = Object.entries(now).filter(([name]) => name in before)
  return Object.fromEntries(known.map(([name, value]) => [name, withoutLaterColumns(value, before[name])]))
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !Array.isArray(value)
}
