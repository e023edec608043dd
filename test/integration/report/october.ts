import { sql } from 'kysely'
import { parseSpan, type Span } from '../../../src/attainment/span.ts'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { type ReportFacts, readReport } from '../../../src/report/report-facts.ts'
import { type City, city, type Dataset } from '../freshness/city.ts'

export const zone = 'Asia/Shanghai'
export const madeAt = new Date('2026-11-03T01:30Z')

/** A name that every format must show as it is: markup, a formula, quotes, a line break. */
export const wildName = '=HYPERLINK("http://x","看"),<script>alert(1)</script> | *b* & \'c\'\n1. d'

export function month(text: string): Span {
  const span = parseSpan('month', text)
  if (span === undefined) throw new Error(`${text} is no month`)
  return span
}

/**
 * A small city in October 2026, two departments and five datasets, of which is known by hand what came of each
 * promise: residents kept but for three days (one came at noon, two while the source was down), vehicles three weeks
 * late and again in November, homes waived, poor provisional, cases without a clock.
 */
export async function october(): Promise<City> {
  await using building = new AsyncDisposableStack()
  const town = building.use(await city())
  const { db } = town
  await sql`insert into guiji.department (code, name) values ('mzj', '民政局 <市>')`.execute(db)
  const residents = await town.dataset('residents', { cycle: 'daily', graceHours: 2, from: '2026-09-30' })
  const vehicles = await town.dataset('vehicles', { cycle: 'monthly', from: '2026-09-01' })
  const homes = await town.dataset('homes', { cycle: 'monthly', from: '2026-09-01' })
  const poor = await town.dataset('poor', {
    cycle: 'monthly',
    from: '2026-09-01',
    calendar: 'nobody',
    graceWorkingDays: 3,
  })
  await town.dataset('cases', { cycle: 'irregular', from: '2026-01-01' })
  await name(town)
  await planOccurrences(db, { now: new Date('2026-09-01T00:00Z'), horizonDays: 70 })
  await deliverResidents(town, residents)
  await publish(town, vehicles, '2026-10-20T06:00:30Z', { held: 34_300_000_000n, received: 34_300_000_007n })
  await publish(town, vehicles, '2026-11-02T06:00Z', { held: 1n, received: 34_300_000_008n })
  await publish(town, poor, '2026-10-01T17:00Z', { held: 12n, received: 12n })
  await sql`update guiji.occurrence set outcome = 'waived', cause = 'waived' where dataset_id = ${homes.id}
    and period = '2026-09'`.execute(db)
  await rejectOne(town, poor)
  await judge(db, { now: madeAt })
  await sql`insert into guiji.alert (kind, key, origin, source, department, cause, datasets, note, opened_at, seen_at)
    values ('source-unreachable', 'a', 'check', 'vehicles', 'gaj', 'source-unreachable:blocked',
      '{vehicles}', null, '2026-10-05T02:00Z', ${madeAt}),
    ('correction-late', 'b', 'person', null, 'mzj', null, '{}', '=1+1 <i>', '2026-10-07T02:00Z', ${madeAt})`.execute(
    db,
  )
  const built = building.move()
  return { ...town, [Symbol.asyncDispose]: () => built.disposeAsync() }
}

export async function octoberFacts(town: City): Promise<ReportFacts> {
  return await readReport(town.db, { span: month('2026-10'), timeZone: zone, now: madeAt })
}

async function name({ db }: City): Promise<void> {
  const names = {
    residents: '户籍人口信息',
    vehicles: '机动车登记信息',
    homes: '养老机构信息',
    cases: '案件公开信息',
  }
  for (const [code, title] of Object.entries(names))
    await sql`update guiji.dataset set name = ${title} where code = ${code}`.execute(db)
  await sql`update guiji.dataset set name = ${wildName} where code = 'poor'`.execute(db)
  await sql`update guiji.dataset set department = 'mzj', sharing_type = 'conditional'
    where code in ('homes', 'poor')`.execute(db)
}

/** Every night at 02:00; the 10th at noon, and on the 20th and 21st the source refuses. */
async function deliverResidents(town: City, residents: Dataset): Promise<void> {
  for (let day = 0; day <= 31; day++) {
    const night = new Date(Date.UTC(2026, 9, day - 1, 18))
    const started = day === 10 ? new Date(Date.UTC(2026, 9, 10, 4)) : night
    if (day === 20 || day === 21)
      await town.run(residents, started.toISOString(), {
        state: 'failed',
        complete: false,
        cause: 'source-unreachable:refused',
        finished: new Date(started.getTime() + 60_000).toISOString(),
      })
    else {
      const held = BigInt(1000 + day)
      await publish(town, residents, started.toISOString(), { held, received: held + 5n })
    }
  }
}

async function publish(
  town: City,
  dataset: Dataset,
  at: string,
  rows: { readonly held: bigint; readonly received: bigint },
): Promise<void> {
  const run = await town.run(dataset, at, { visible: at })
  await sql`update guiji.publication set held_after = ${rows.held}, received_after = ${rows.received}
    where run_id = ${run}`.execute(town.db)
}

async function rejectOne({ db }: City, dataset: Dataset): Promise<void> {
  const one = (digest: number, first: string, closed: string | null) => sql`
    insert into guiji.reject (dataset_id, digest, reason, message, place, raw, seed, first_run, last_run, first_at,
      last_at, closed_at)
    values (${dataset.id}, ${digest}, 'type', 'm', '{}', '', 's', 1, 1, ${first}, ${first}, ${closed})`
  await one(1, '2026-09-20T00:00Z', null).execute(db)
  await one(2, '2026-10-20T00:00Z', null).execute(db)
  await one(3, '2026-10-21T00:00Z', '2026-10-25T00:00Z').execute(db)
  await one(4, '2026-11-01T00:00Z', null).execute(db)
}
