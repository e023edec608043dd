/** What keeps its meaning although runs, entries and publications lie in partitions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimRun } from '../../../src/harvest/lifecycle/claim.ts'
import { releaseRun } from '../../../src/harvest/run-record.ts'
import { findTargets, type HarvestTarget } from '../../../src/harvest/target.ts'
import { keepMonthsAhead } from '../../../src/history/months.ts'
import { type City, city, datasetOf, harvestOf } from '../harvest/city.ts'

let town: City
let datasets: { id: bigint; harvest: bigint }[]
beforeAll(async () => {
  town = await city()
  const codes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8']
  const items = [{ code: 'id', type: 'integer', key: true }] as const
  await town.apply(
    codes.map((code) => datasetOf(code, items)),
    codes.map((code) => harvestOf(code, { file: `${code}.csv` })),
  )
  const { rows } = await town.database.pool.query<{ id: bigint; harvest: bigint }>(
    'select d.id, h.id as harvest from guiji.dataset d join guiji.harvest h on h.dataset_id = d.id order by d.id',
  )
  datasets = rows
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const query = async <Row extends object>(text: string, values: unknown[] = []) =>
  (await town.database.pool.query<Row>(text, values)).rows
const first = (month: string) => `(select guiji.first_run_of('${month}'))`

async function insertRun(at: number, id: string, state: string): Promise<bigint> {
  const { id: dataset, harvest } = datasets[at] ?? { id: 0n, harvest: 0n }
  const rows = await query<{ id: bigint }>(
    `insert into guiji.run (id, harvest_id, dataset_id, state, mode, started_at)
     values (${id}, $1, $2, $3, 'snapshot', now()) returning id`,
    [harvest, dataset, state],
  )
  return rows[0]?.id ?? 0n
}

describe('the number of a run', () => {
  it('begins with its month and rises, also where many leap into a month at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => query('select pg_sleep(0.05)')))
    const ids: bigint[] = []
    for (let leap = 0; leap < 25; leap += 1) {
      await query(`select setval('guiji.run_number', 5)`)
      const many = await Promise.all(
        Array.from({ length: 20 }, () => query<{ id: bigint }>('select guiji.new_run_id() as id')),
      )
      ids.splice(0, ids.length, ...many.map((rows) => rows[0]?.id ?? 0n))
      expect(new Set(ids).size).toBe(20)
    }
    const [month] = await query<{ from: bigint; until: bigint }>(
      `select guiji.first_run_of(now()::date) as from, guiji.first_run_of((now() + interval '1 month')::date) as until`,
    )
    expect(ids.every((id) => id > (month?.from ?? 0n) && id < (month?.until ?? 0n))).toBe(true)
    const [next] = await query<{ id: bigint }>('select guiji.new_run_id() as id')
    expect(ids.every((id) => id < (next?.id ?? 0n))).toBe(true)
  })

  it('goes on where a month has more runs than numbers', async () => {
    await query(
      `select setval('guiji.run_number', guiji.first_run_of((now() + interval '3 months')::date) + 7)`,
    )
    const [run] = await query<{ more: boolean }>(
      `select guiji.new_run_id() = guiji.first_run_of((now() + interval '3 months')::date) + 8 as more`,
    )
    expect(run?.more).toBe(true)
    await query(`select setval('guiji.run_number', 5)`)
  })
})

describe('one active run per dataset', () => {
  it('of all that claim it at once, one has it', async () => {
    const [target] = await findTargets(town.database.pool, ['n1'])
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claim(target)))
    const won = claims.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(won).toHaveLength(1)
    const lost = claims.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    expect(lost).toEqual(Array.from({ length: 7 }, () => 'RUN_ACTIVE'))
    await query(`update guiji.run set state = 'failed', finished_at = now() where id = any ($1)`, [won])
    expect(await query('select * from guiji.active_run where dataset_id = $1', [datasets[0]?.id])).toEqual([])
  })

  it('holds over the end of a month, and for a run that comes back to life', async () => {
    const old = await insertRun(1, `${first('2026-09-01')} + 1`, 'running')
    await expect(insertRun(1, `${first('2026-10-01')} + 1`, 'queued')).rejects.toMatchObject({
      code: '23505',
    })
    const parked = await insertRun(1, `${first('2026-10-01')} + 2`, 'awaiting-approval')
    const approve = () => query(`update guiji.run set state = 'running' where id = $1`, [parked])
    await expect(approve()).rejects.toMatchObject({ code: '23505' })
    await query(`update guiji.run set state = 'succeeded', held_before = 0, held_after = 0 where id = $1`, [
      old,
    ])
    await approve()
    expect(
      await query(`select run_id from guiji.active_run where dataset_id = $1`, [datasets[1]?.id]),
    ).toEqual([{ run_id: parked }])
    await query('delete from guiji.run where id = $1', [parked])
    expect(
      await query(`select run_id from guiji.active_run where dataset_id = $1`, [datasets[1]?.id]),
    ).toEqual([])
  })

  it('two that begin at once wait for each other, and one fails', async () => {
    const both = await Promise.allSettled([
      insertRun(2, 'guiji.new_run_id()', 'running'),
      insertRun(2, `${first('2026-09-01')} + 3`, 'queued'),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

async function claim(target: HarvestTarget | undefined): Promise<bigint> {
  if (target === undefined) throw new Error('no target')
  const client = await town.database.pool.connect()
  try {
    const { runId } = await claimRun(client, target, { worker: 'test', now: new Date() })
    // The others must find the run alive, so its lock is given back only when all have tried.
    await new Promise((resolve) => setTimeout(resolve, 300))
    await releaseRun(client, runId)
    return runId
  } finally {
    client.release()
  }
}

it('an entry has its place in its run once, a run is published once', async () => {
  const run = await insertRun(3, 'guiji.new_run_id()', 'running')
  const entry = () =>
    query(`insert into guiji.ledger (run_id, dataset_id, chunk, kind) values ($1, $2, 0, 'chunk')`, [
      run,
      datasets[3]?.id,
    ])
  const publish = () =>
    query(
      `insert into guiji.publication (run_id, dataset_id, at, held_after, received_after) values ($1, $2, now(), 0, 0)`,
      [run, datasets[3]?.id],
    )
  await entry()
  await publish()
  await expect(entry()).rejects.toMatchObject({ code: '23505' })
  await expect(publish()).rejects.toMatchObject({ code: '23505' })
})

describe('a month that nobody made', () => {
  const where = async (run: bigint) =>
    (
      await query<{ part: string }>(`select tableoid::regclass::text as part from guiji.run where id = $1`, [
        run,
      ])
    )[0]?.part

  it('fails no run, and takes its rows when it is made, once', async () => {
    const run = await insertRun(4, `${first('2031-05-01')} + 1`, 'failed')
    await query(`insert into guiji.ledger (run_id, dataset_id, chunk, kind) values ($1, $2, 0, 'chunk')`, [
      run,
      datasets[4]?.id,
    ])
    expect(await where(run)).toBe('guiji.run_rest')
    const made = await Promise.all(
      Array.from({ length: 6 }, () =>
        query<{ made: boolean }>(`select guiji.add_month('2031-05-17') as made`),
      ),
    )
    expect(made.flat().filter((row) => row.made)).toHaveLength(1)
    expect(await where(run)).toBe('guiji.run_203105')
    expect(
      await query(`select tableoid::regclass::text as part from guiji.ledger where run_id = $1`, [run]),
    ).toEqual([{ part: 'guiji.ledger_203105' }])
  })

  it('is not waited for while a run is at work', async () => {
    const client = await town.database.pool.connect()
    try {
      await query(`delete from guiji.history_month where month > now()`)
      await query(`drop table guiji.run_${await nextMonth()}, guiji.ledger_${await nextMonth()},
        guiji.publication_${await nextMonth()}`)
      await query(`insert into guiji.history_month (month, from_run, until_run)
        select m::date, guiji.first_run_of(m::date), guiji.first_run_of((m + interval '1 month')::date)
        from (select date_trunc('month', now() + interval '2 months') as m) x`)
      await client.query('begin')
      await client.query('select count(*) from guiji.run')
      expect(await keepMonthsAhead(town.database.pool)).toEqual([])
      await client.query('commit')
      expect(await keepMonthsAhead(town.database.pool)).toHaveLength(1)
      expect(await keepMonthsAhead(town.database.pool)).toEqual([])
    } finally {
      client.release()
    }
  })

  const nextMonth = async () =>
    (await query<{ next: string }>(`select to_char(now() + interval '1 month', 'YYYYMM') as next`))[0]?.next
})
