import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maintainHistory } from '../../../src/history/maintain.ts'
import { countDataset } from '../../../src/store/read-counts.ts'
import { listedDataset } from '../../../src/store/read-datasets.ts'
import { addUpLedger, readLedgerTotals } from '../../../src/store/read-ledger.ts'
import { historyKept } from '../../../src/workspace/expand-catalog.ts'
import { openRejects, rowsOf, versionsOf } from '../harvest/books.ts'
import { type City, city, datasetOf, harvestOf } from '../harvest/city.ts'

let town: City
beforeAll(async () => {
  town = await city()
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const day = 86_400_000
const items = [
  { code: 'id', type: 'integer', key: true },
  { code: 'name', type: 'text' },
] as const
const file = (...lines: string[]) => `id,name\n${lines.join('\n')}\n`

const query = async <Row extends object>(text: string, values: unknown[] = []) =>
  (await town.database.pool.query<Row>(text, values)).rows

/** Years later the month of these runs is long over. */
async function maintainAfter(days: number) {
  return await maintainHistory(town.database.pool, {
    now: new Date(Date.now() + days * day),
    zone: 'Asia/Shanghai',
    keep: historyKept,
    signal: new AbortController().signal,
  })
}

async function proof(code: string) {
  const dataset = await listedDataset(town.database.pool, code)
  const counts = await countDataset(town.database.pool, dataset)
  const carried = await readLedgerTotals(town.database.pool, dataset.id)
  expect(await addUpLedger(town.database.pool, dataset.id)).toEqual(carried)
  return counts
}

describe('clearing everything old', () => {
  it('loses no identity, doubles nothing, and the books still balance', async () => {
    const { pool } = town.database
    await town.apply(
      [datasetOf('c1', items), datasetOf('c2', items)],
      [
        harvestOf('c1', { file: 'c1.csv' }, { deletions: { maxShare: 1, minRows: 0, keep: 'P9Y' } }),
        harvestOf('c2', { file: 'c2.csv' }),
      ],
    )
    await town.write('c1.csv', file('1,a', '2,b', '3,c', 'x,bad', '4,d'))
    await town.write('c2.csv', file('1,a'))
    await town.harvest('c1')
    await town.harvest('c2')
    const last = file('1,a', '2,B', '4,d', 'x,bad', '5,e')
    await town.write('c1.csv', last)
    expect(await town.harvest('c1')).toMatchObject({ inserted: '1', updated: '1', deleted: '1' })
    const before = {
      proof: await proof('c1'),
      totals: await readLedgerTotals(pool, undefined),
      verdicts: await query('select code, verdict, kept, owed from guiji.verdicts(now()) order by code'),
      rejects: await openRejects(pool, 'c1'),
      rows: await rowsOf(pool, 'store.c1', ['id', 'name']),
    }
    const usual = `select cardinality(recent_seconds) as runs from guiji.dataset_state order by dataset_id`
    expect(await query(usual)).toEqual([{ runs: 2 }, { runs: 1 }])
    expect(before.proof).toMatchObject({ agree: true, counted: 4n, ledger: 4n, received: 6n })

    const done = await maintainAfter(4 * 365)
    expect(done?.cleared.chunks).toEqual(done?.cleared.runs)
    expect(done?.cleared.busy).toEqual([])
    expect(
      await query(
        'select (select count(*) from guiji.run) as runs, (select count(*) from guiji.ledger) as entries, (select count(*) from guiji.publication) as publications',
      ),
    ).toEqual([{ runs: 0n, entries: 0n, publications: 0n }])
    expect({
      proof: await proof('c1'),
      totals: await readLedgerTotals(pool, undefined),
      verdicts: await query('select code, verdict, kept, owed from guiji.verdicts(now()) order by code'),
      rejects: await openRejects(pool, 'c1'),
      rows: await rowsOf(pool, 'store.c1', ['id', 'name']),
    }).toEqual(before)

    const versions = await versionsOf(pool, 'c1')
    expect(await town.harvest('c1')).toMatchObject({
      state: 'succeeded',
      read: '0',
      unchangedBy: expect.any(String),
    })
    expect(await town.harvest('c1', { full: true })).toMatchObject({
      ...{
        state: 'succeeded',
        read: '5',
        unchanged: '4',
        inserted: '0',
        updated: '0',
        deleted: '0',
        rejected: '1',
      },
    })
    expect(await versionsOf(pool, 'c1')).toEqual(versions)
    await town.write('c1.csv', file('1,a', '2,B', '3,c', '4,d', '5,E'))
    expect(await town.harvest('c1')).toMatchObject({
      restored: '1',
      updated: '1',
      inserted: '0',
      heldAfter: '5',
    })
    expect(await proof('c1')).toMatchObject({ agree: true, counted: 5n, ledger: 5n, received: 7n })
    expect(await openRejects(pool, 'c1')).toEqual([])
    expect(await maintainAfter(4 * 365)).toMatchObject({
      rolled: [],
      cleared: { chunks: [], runs: [], busy: [] },
    })
    expect(await proof('c1')).toMatchObject({ agree: true, counted: 5n, ledger: 5n })
  })
})

describe('what is over is rolled up', () => {
  it('as it was counted, entries go before runs, and a correction is counted anew', async () => {
    await using other = await city()
    const { pool } = other.database
    await other.apply([datasetOf('r1', items)], [harvestOf('r1', { file: 'r1.csv' })])
    await other.write('r1.csv', file('1,a', '2,b', 'x,bad'))
    const { run } = await other.harvest('r1')
    await other.write('r1.csv', 'nonsense')
    expect(await other.harvest('r1')).toMatchObject({ state: 'failed' })
    const maintain = (days: number) =>
      maintainHistory(pool, {
        ...{ now: new Date(Date.now() + days * day), zone: 'Asia/Shanghai', keep: historyKept },
        signal: new AbortController().signal,
      })
    expect((await maintain(0))?.rolled).toEqual(['-infinity'])
    const live = await pool.query(
      `select grain, runs, succeeded, failed, entries, read, accepted, inserted, rejected, bytes
       from guiji.count_runs(0, 1000000000000, 'Asia/Shanghai') order by grain`,
    )
    expect(live.rows).toMatchObject([
      { grain: 'day' },
      { grain: 'month', runs: 2n, succeeded: 1n, failed: 1n, read: 3n, inserted: 2n, rejected: 1n },
    ])

    const rolled = await maintain(70)
    expect(rolled?.cleared).toEqual({ chunks: [], runs: [], busy: [] })
    const kept = await pool.query(
      `select grain, runs, succeeded, failed, entries, read, accepted, inserted, rejected, bytes
       from guiji.rollup order by grain`,
    )
    expect(kept.rows).toEqual(live.rows)
    const months = await pool.query(`select runs, inserted, rejected from catalog.months where code = 'r1'`)
    expect(months.rows).toEqual([{ runs: 2n, inserted: 2n, rejected: 1n }])

    await pool.query(
      `insert into guiji.ledger (run_id, dataset_id, chunk, kind, read, accepted, inserted)
       select $1, id, 99, 'correction', -1, -1, -1 from guiji.dataset where code = 'r1'`,
      [run],
    )
    const dataset = await listedDataset(pool, 'r1')
    const carried = await readLedgerTotals(pool, dataset.id)
    expect(carried).toMatchObject({ inserted: 1n, held: 1n })
    expect(await addUpLedger(pool, dataset.id)).toEqual(carried)
    expect((await maintain(70))?.rolled).toHaveLength(1)
    expect(await addUpLedger(pool, dataset.id)).toEqual(carried)

    const cleared = await maintain(200)
    expect(cleared?.cleared.chunks).toContain(rolled?.rolled[0])
    expect(cleared?.cleared.runs).toEqual([])
    const left = await pool.query(
      'select (select count(*) from guiji.run) as runs, (select count(*) from guiji.ledger) as entries',
    )
    expect(left.rows).toEqual([{ runs: 2n, entries: 0n }])
    expect(await addUpLedger(pool, dataset.id)).toEqual(carried)
  })

  it('but not a month with a run that waits, and nothing is dropped under a harvest', async () => {
    await using other = await city()
    const { pool } = other.database
    await other.apply(
      [datasetOf('w1', items)],
      [harvestOf('w1', { file: 'w1.csv' }, { deletions: { maxShare: 0.1, minRows: 0, keep: 'P7D' } })],
    )
    await other.write('w1.csv', file('1,a', '2,b'))
    await other.harvest('w1')
    await other.write('w1.csv', file('1,a'))
    const { run, state } = await other.harvest('w1')
    expect(state).toBe('awaiting-approval')
    const maintain = () =>
      maintainHistory(pool, {
        ...{ now: new Date(Date.now() + 4 * 365 * day), zone: 'UTC', keep: historyKept },
        signal: new AbortController().signal,
      })
    await maintain()
    expect((await pool.query('select count(*) as runs from guiji.run')).rows).toEqual([{ runs: 2n }])

    await pool.query(`update guiji.run set state = 'refused' where id = $1`, [run])
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query('select count(*) from guiji.ledger')
      const busy = await maintain()
      expect(busy?.rolled).toHaveLength(1)
      expect(busy?.cleared).toMatchObject({ chunks: [], runs: [] })
      expect(busy?.cleared.busy.length).toBeGreaterThan(0)
      await client.query('commit')
    } finally {
      client.release()
    }
    expect((await maintain())?.cleared.busy).toEqual([])
    expect((await pool.query('select count(*) as runs from guiji.run')).rows).toEqual([{ runs: 0n }])
  })

  it('by one process at a time', async () => {
    const client = await town.database.pool.connect()
    try {
      await client.query('select pg_advisory_lock(7131104)')
      expect(await maintainAfter(0)).toBeUndefined()
      await client.query('select pg_advisory_unlock(7131104)')
      expect(await maintainAfter(0)).toMatchObject({ cleared: { busy: [] } })
    } finally {
      client.release()
    }
  })
})
