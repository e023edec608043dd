/**
 * `npm exec -- node bench/plan-year.ts [datasets]`: plans a year of promises for 100,000 datasets on a fresh embedded
 * store, fsync on, and then once more, when nothing is left to plan; then judges the first month. Cycles are mixed as
 * on the list of examples/hengshui, each with a few due times and graces. Prints seconds, CPU seconds and rows; asserts nothing.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import type { ControlDatabase } from '../catalog-schema/control/database.ts'
import { judge } from '../src/freshness/judge.ts'
import { planOccurrences } from '../src/freshness/plan-occurrences.ts'
import { seedCalendar } from '../src/freshness/seed-calendar.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore, queries } from '../src/store/open-store.ts'

const datasets = Number(process.argv[2] ?? 100_000)
const now = new Date('2026-01-01T00:00Z')

/** Of 123 datasets so many have each cycle. */
const mix = {
  realtime: 4,
  hourly: 3,
  daily: 26,
  weekly: 13,
  tendays: 3,
  semimonthly: 2,
  monthly: 30,
  quarterly: 14,
  semiannual: 8,
  annual: 9,
  irregular: 11,
}

const directory = await mkdtemp(path.join(tmpdir(), 'guiji-plan-'))
try {
  await using store = await openStore({ directory, signal: new AbortController().signal })
  await migrate(store.pool)
  const db = queries<ControlDatabase>(store.pool)
  await seedCalendar(db)
  await makeCity()
  const plan = () => planOccurrences(db, { now, horizonDays: 365 })
  const first = await timed(plan)
  const cpu = await serverSeconds()
  console.log(
    `one year planned: ${first.seconds} s, ${first.result.planned} periods, ${cpu} s of PostgreSQL's CPU`,
  )
  const again = await timed(plan)
  console.log(`nothing left to plan: ${again.seconds} s`)
  const judged = await timed(() => judge(db, { now: new Date('2026-02-01T00:00Z') }))
  const size = await sql<{ size: string }>`
    select pg_size_pretty(pg_total_relation_size('guiji.occurrence')) as size`.execute(db)
  const load = loadavg()[0]?.toFixed(1)
  console.log(`${datasets} datasets, PostgreSQL ${store.serverVersion}, load ${load}`)
  console.log(`${size.rows[0]?.size} in the table of periods, with its indexes`)
  console.log(`the first month judged: ${judged.seconds} s, ${judged.result.length} periods`)

  /** CPU seconds of the connections so far, which other work on the machine does not lengthen; Linux only. */
  async function serverSeconds(): Promise<string> {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where application_name = 'guiji'`.execute(db)
    const ticks = rows.map(async ({ pid }) => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')
      return Number(fields[13]) + Number(fields[14])
    })
    const sum = (await Promise.all(ticks)).reduce((total, one) => total + one, 0)
    return (sum / 100).toFixed(1)
  }

  async function makeCity(): Promise<void> {
    const cycles = Object.entries(mix).flatMap(([cycle, share]) => Array.from({ length: share }, () => cycle))
    await sql`insert into guiji.department (code, name) values ('d', '部门')`.execute(db)
    await sql`
      insert into guiji.dataset (code, name, department, table_name, sharing_type, definition)
      select 'd' || n, 'd' || n, 'd', 'd' || n, 'none', '{}' from generate_series(1, ${datasets}::int) n`.execute(
      db,
    )
    await sql`
      insert into guiji.commitment (dataset_id, cycle, time_zone, calendar, due_time, due_after_days, grace_hours,
        grace_working_days, satisfied_by, effective_from, recorded_at)
      select id, (${cycles}::text[])[id % ${cycles.length} + 1], 'Asia/Shanghai', 'cn',
        make_time((8 + id / 1000 % 3)::int, 0, 0), 1, case when id % 7 = 0 then 2 end,
        case when id % 5 = 0 then 3 end, 'check', '2026-01-01', '2026-01-01T00:00Z'
      from guiji.dataset`.execute(db)
    await sql`analyze guiji.dataset, guiji.commitment`.execute(db)
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ seconds: string; result: Result }> {
  const begun = performance.now()
  const result = await work()
  return { seconds: ((performance.now() - begun) / 1000).toFixed(1), result }
}
