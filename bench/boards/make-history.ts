import type pg from 'pg'
import { refreshStanding } from '../../src/freshness/standing.ts'
import { rollUp } from '../../src/history/roll-up.ts'
import { seconds } from '../measure.ts'
import type { BoardGround } from './ground.ts'

export interface Scale {
  readonly datasets: number
  readonly years: number
  /** Datasets harvested every hour all the years; the others once, and monthly in the last twelve months. */
  readonly hourly: number
}

/** Rows that all datasets hold together. */
const heldInAll = 34_300_000_000n
const departments = 150

/** Writes the books of ten years, and rolls up what is over. Gives what was made, line by line. */
export async function makeHistory({ pool, db }: BoardGround, scale: Scale): Promise<string[]> {
  const client = await pool.connect()
  try {
    const now = new Date()
    const steps: [string, () => Promise<unknown>][] = [
      ['documents', () => makeDatasets(client, scale)],
      ['occurrences', () => makeOccurrences(client, scale)],
      ['runs, ledger, publications', () => makeRuns(client, scale)],
      ['accounts', () => carryForward(client)],
      ['vacuum', () => client.query('vacuum (analyze, parallel 0)')],
      [
        'roll-ups',
        () => rollUp(client, { now, zone: 'Asia/Shanghai', signal: new AbortController().signal }),
      ],
      ['standing', () => refreshStanding(db, { now })],
      ['vacuum', () => client.query('vacuum (analyze) guiji.standing, guiji.dataset_state, guiji.rollup')],
    ]
    const lines: string[] = []
    for (const [name, work] of steps) lines.push(`${name}: ${(await seconds(work)).toFixed(1)} s`)
    return [...lines, await counts(client)]
  } finally {
    client.release()
  }
}

async function makeDatasets(client: pg.ClientBase, { datasets, hourly }: Scale): Promise<void> {
  await client.query(
    `insert into guiji.department (code, name) select format('d%s', n), format('部门%s', n)
     from generate_series(1, ${departments}) n;
     insert into guiji.source (code, name, department, kind, definition)
     select format('s%s', n), format('系统%s', n), format('d%s', n), 'csv', '{}' from generate_series(1, ${departments}) n`,
  )
  await client.query(
    `insert into guiji.dataset (code, name, department, table_name, sharing_type, definition)
     select format('x%s', n), format('共享信息%s', n), format('d%s', n % ${departments} + 1), format('x%s', n),
       'conditional', jsonb_build_object('code', format('x%s', n), 'commitment', jsonb_build_object('cycle',
         case when n <= $2 then 'hourly' when n % 10 < 6 then 'daily' when n % 10 < 9 then 'monthly' else 'irregular' end))
     from generate_series(1, $1::int) n`,
    [datasets, hourly],
  )
  await client.query(
    `insert into guiji.harvest (dataset_id, source, mode, definition, enabled)
     select id, replace(department, 'd', 's'), 'snapshot', '{}', true from guiji.dataset;
     insert into guiji.commitment (dataset_id, cycle, time_zone, calendar, due_time, due_after_days, satisfied_by,
       effective_from, recorded_at)
     select id, definition -> 'commitment' ->> 'cycle', 'Asia/Shanghai', 'cn', '08:00', 1, 'check', '2016-01-01', '2016-01-01'
     from guiji.dataset`,
  )
}

/** Hourly periods of all the years, daily and monthly ones of the last weeks; what is over was kept. */
async function makeOccurrences(client: pg.ClientBase, { years }: Scale): Promise<void> {
  await client.query(`set session_replication_role = replica`)
  for (const [cycle, step, from, until] of [
    ['hourly', '1 hour', `${years * 365} days`, '2 days'],
    ['daily', '1 day', '14 days', '7 days'],
    ['monthly', '1 month', '3 months', '2 months'],
  ]) {
    await client.query(
      `insert into guiji.occurrence (commitment_id, dataset_id, period, period_start, period_end, due_at, late_at,
         outcome, kept_at, judged_at)
       select c.id, c.dataset_id, to_char(p.starts, 'YYYY-MM-DD"T"HH24'), p.starts, p.ends, p.ends + $2::interval / 3,
         p.ends + $2::interval / 3, case when p.ends + $2::interval / 3 < now() then 'kept' else 'pending' end,
         case when p.ends + $2::interval / 3 < now() then p.ends + interval '5 minutes' end, now()
       from guiji.commitment c cross join lateral (
         select g as starts, g + $2::interval as ends from generate_series(
           date_trunc(split_part($2, ' ', 2), now() - $3::interval), now() + $4::interval, $2::interval) g) p
       where c.cycle = $1`,
      [cycle, step, from, until],
    )
  }
  await client.query(
    `select guiji.carry_outcomes(array_agg(commitment_id), array_agg(period_start), array_agg(outcome), array_agg(1))
     from guiji.occurrence where outcome = 'kept'`,
  )
  await client.query(`set session_replication_role = origin`)
}

async function makeRuns(client: pg.ClientBase, scale: Scale): Promise<void> {
  const months = scale.years * 12
  await client.query(
    `select guiji.add_month((date_trunc('month', now()) - n * interval '1 month')::date)
     from generate_series(0, $1::int) n`,
    [months],
  )
  await client.query(`set session_replication_role = replica`)
  for (let ago = months; ago >= 0; ago -= 1) await makeMonth(client, scale, { ago, months })
  await client.query(`set session_replication_role = origin;
    select setval('guiji.run_number', max(id)) from guiji.run`)
}

/** The runs of one month: the first of a dataset inserts what it holds, every later one finds it unchanged. */
async function makeMonth(
  client: pg.ClientBase,
  { hourly, datasets }: Scale,
  { ago, months }: { readonly ago: number; readonly months: number },
): Promise<void> {
  const held = heldInAll / BigInt(datasets)
  await client.query(
    `create temp table made as
     with month as (select date_trunc('month', now()) - ${ago} * interval '1 month' as first)
     select guiji.first_run_of(first::date) + row_number() over (order by x.started_at, x.dataset_id) as id, x.*,
       case when ${ago} = ${months} and 1 = row_number() over (partition by x.dataset_id order by x.started_at)
         then ${held} else 0 end::bigint as inserted
     from month cross join lateral (
       select n as dataset_id, h + n % 60 * interval '1 minute' as started_at
       from generate_series(1, ${hourly}) n cross join generate_series(
         first, least(first + interval '1 month', now()) - interval '1 hour', interval '1 hour') h
       union all
       select n, first + n % 600 * interval '1 minute' from generate_series(${hourly + 1}, ${datasets}) n
       where ${ago} = ${months} or ${ago} between 1 and 12) x`,
  )
  await client.query(
    `insert into guiji.run (id, harvest_id, dataset_id, state, mode, lane, worker, started_at, finished_at, read,
       accepted, inserted, unchanged, held_before, held_after, bytes, complete)
     select id, dataset_id, dataset_id, 'succeeded', 'snapshot', 'bytes', 'host/1', started_at,
       started_at + interval '20 seconds', ${held}, ${held}, inserted, ${held} - inserted, ${held} - inserted, ${held},
       60000000, true from made;
     insert into guiji.ledger (run_id, dataset_id, chunk, kind, at, read, accepted, inserted, unchanged, bytes)
     select id, dataset_id, 0, 'chunk', started_at, ${held}, ${held}, inserted, ${held} - inserted, 60000000 from made;
     insert into guiji.publication (run_id, dataset_id, at, held_after, received_after)
     select id, dataset_id, started_at + interval '20 seconds', ${held}, ${held} from made;
     drop table made`,
  )
}

async function carryForward(client: pg.ClientBase): Promise<void> {
  await client.query(
    `insert into guiji.dataset_state as s (dataset_id, held, received, entries, inserted, published_run, visible_at,
       last_checked_at, last_changed_at, loaded_at, complete_through, recent_seconds, seed)
     select dataset_id, sum(inserted), sum(inserted), count(*), sum(inserted), max(run_id), max(at), max(at), min(at),
       max(at), max(at), array_fill(20::float8, array[20]), 'made'
     from guiji.ledger group by dataset_id
     on conflict (dataset_id) do update set held = excluded.held, received = excluded.received,
       entries = excluded.entries, inserted = excluded.inserted, published_run = excluded.published_run,
       visible_at = excluded.visible_at, last_checked_at = excluded.last_checked_at,
       complete_through = excluded.complete_through, recent_seconds = excluded.recent_seconds, seed = excluded.seed`,
  )
}

async function counts(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<Record<string, bigint | string>>(
    `select (select count(*) from guiji.dataset) as datasets, (select count(*) from guiji.run) as runs,
       (select count(*) from guiji.ledger) as "ledger entries", (select count(*) from guiji.publication) as publications,
       (select count(*) from guiji.occurrence) as occurrences, (select count(*) from guiji.rollup) as "roll-ups",
       (select sum(held)::text from guiji.dataset_state) as "rows held",
       (select count(*) from guiji.history_month) as months`,
  )
  return Object.entries(rows[0] ?? {})
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ')
}
