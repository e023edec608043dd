/** A run that lost its connection in the middle: what the next run of the dataset does with what it had committed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Batch } from '../../../src/connector.ts'
import { decodingSlices, sliceBatch } from '../../../src/harvest/lifecycle/batch-slice.ts'
import type { RunSummary } from '../../../src/harvest/run-events.ts'
import { faultsOf, openRejects, rowsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'
import { harvestAfterCrash } from './crash-process.ts'
import { harvestOnce } from './engine.ts'

let town: City
beforeAll(async () => {
  town = await city()
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const items = [
  { code: 'id', type: 'integer', key: true },
  { code: 'name', type: 'text' },
  { code: 'day', type: 'date' },
] as const

/** 30 records of 300 KB: a commit every 14 of them. The fourth does not fit; the last is like the fourth. */
function file(word: string, change: (lines: string[]) => void = () => {}): string {
  const filler = 'x'.repeat(300_000)
  const lines = Array.from({ length: 30 }, (_, at) => `${at},${word} ${filler},2025-06-20`)
  lines[3] = '3,bad,2025-02-30'
  lines.push(lines[3])
  change(lines)
  return `id,name,day\n${lines.join('\n')}\n`
}

/** Harvests with batches of two records, and cuts the connection once `committed` records are through. */
async function loseRun(code: string, committed: number): Promise<void> {
  const cuts: Promise<unknown>[] = []
  const engine: City['engine'] = {
    ...town.engine,
    emit: (said) => {
      if (said.event === 'progress' && Number(said.read) >= committed && cuts.length === 0)
        cuts.push(cut(said.run))
    },
    async openSource(target, signal) {
      const session = await town.engine.openSource(target, signal)
      const list = session.list.bind(session)
      return Object.assign(session, {
        list: async (request: Parameters<typeof list>[0]) => {
          const listing = await list(request)
          return {
            ...decodingSlices(listing),
            async *batches() {
              for await (const batch of listing.batches())
                for (const part of pairsOf(batch)) {
                  yield part
                  await new Promise((resolve) => setTimeout(resolve, 5))
                  await Promise.all(cuts)
                }
            },
          }
        },
      })
    },
  }
  await expect(harvestOnce(engine, code)).rejects.toMatchObject({ code: expect.stringMatching(/^STORE_/) })
}

function pairsOf(batch: Batch): Batch[] {
  return Array.from({ length: Math.ceil(batch.count / 2) }, (_, at) =>
    sliceBatch(batch, at * 2, Math.min(batch.count, at * 2 + 2)),
  )
}

async function cut(run: string): Promise<void> {
  await town.database.pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name like 'guiji run ' || $1 || ' %'`,
    [run],
  )
}

async function lostRun(code: string): Promise<{ id: bigint; read: bigint }> {
  const { rows } = await town.database.pool.query<{ id: bigint; read: bigint }>(
    `select r.id, r.read from guiji.run r join guiji.dataset d on d.id = r.dataset_id where d.code = $1
     order by r.id desc limit 1`,
    [code],
  )
  const row = rows[0]
  if (row === undefined) throw new Error('no run')
  expect(row.read).toBeGreaterThan(0n)
  return row
}

async function apply(code: string, options: { readonly mapped?: boolean } = {}) {
  const mapping = options.mapped === true ? { items: { name: { normalise: ['trim'] as const } } } : {}
  await town.apply(
    [code, `${code}_calm`].map((one) => datasetOf(one, items)),
    [code, `${code}_calm`].map((one) => harvestOf(one, { file: `${code}.csv` }, mapping)),
  )
}

/** The two datasets read one file. */
async function expectSame(code: string, found: RunSummary): Promise<void> {
  const calm = await town.harvest(`${code}_calm`)
  const { pool } = town.database
  const counts = [
    'read',
    'inserted',
    'updated',
    'unchanged',
    'deleted',
    'restored',
    'rejected',
    'duplicate',
  ] as const
  expect(counts.map((name) => [name, found[name]])).toEqual(counts.map((name) => [name, calm[name]]))
  for (const schema of ['store', 'gone'])
    expect(await rowsOf(pool, `${schema}.${code}`, ['id', 'name', 'day'])).toEqual(
      await rowsOf(pool, `${schema}.${code}_calm`, ['id', 'name', 'day']),
    )
  expect(await openRejects(pool, code)).toEqual(await openRejects(pool, `${code}_calm`))
  expect(await faultsOf(pool, code)).toEqual([])
}

async function start(code: string, before: boolean, text: string): Promise<void> {
  await apply(code)
  if (before) {
    await town.write(
      `${code}.csv`,
      file('first', (lines) => lines.push(...extra)),
    )
    await town.harvest(code)
    await town.harvest(`${code}_calm`)
  }
  await town.write(`${code}.csv`, text)
}

/** Records that vanish, and one that is rejected before and after. */
const extra = ['100,gone,2025-06-20', '101,gone,2025-06-20', '102,odd,2025-13-01']

const kinds = [
  { kind: 'fresh', before: false },
  { kind: 'delta', before: true },
] as const

describe.each(kinds)('a lost run, $kind', ({ kind, before }) => {
  it('is gone on with under its number, and ends as if nothing had happened', async () => {
    const code = `on_${kind}`
    const again = '102,odd,2025-13-01'
    await start(
      code,
      before,
      file('second', (lines) => lines.splice(10, 0, again, again)),
    )
    await loseRun(code, 20)
    const lost = await lostRun(code)
    const { rows } = await town.database.pool.query(
      'select id, chunk, digest from guiji.ledger where run_id = $1 order by id',
      [lost.id],
    )
    const summary = await harvestAfterCrash(town, code)
    expect(summary).toMatchObject({
      run: String(lost.id),
      state: 'succeeded',
      resumed: { chunks: rows.length, read: String(lost.read) },
    })
    const kept = await town.database.pool.query(
      'select id, chunk, digest from guiji.ledger where run_id = $1 order by id',
      [lost.id],
    )
    expect(kept.rows.slice(0, rows.length)).toEqual(rows)
    await expectSame(code, summary)
  })

  it('begins anew where a record that was loaded is another now, and says so', async () => {
    const code = `changed_${kind}`
    await start(code, before, file('second'))
    await loseRun(code, 20)
    const lost = await lostRun(code)
    // The same number of bytes: only the content tells.
    await town.write(
      `${code}.csv`,
      file('second', (lines) => {
        lines[5] = lines[5]?.replace('second', 'sec0nd') ?? ''
      }),
    )
    const summary = await harvestAfterCrash(town, code)
    expect(summary).toMatchObject({
      state: 'succeeded',
      restarted: { run: String(lost.id), because: 'source-changed' },
    })
    expect(summary.run).not.toBe(String(lost.id))
    await expectSame(code, summary)
  })

  it('begins anew where the source shows at once that it is another', async () => {
    const code = `longer_${kind}`
    await start(code, before, file('second'))
    await loseRun(code, 20)
    await town.write(
      `${code}.csv`,
      file('second', (lines) => lines.push('31,more,2025-06-20')),
    )
    const summary = await harvestAfterCrash(town, code)
    expect(summary).toMatchObject({ state: 'succeeded', restarted: { because: 'source-changed' } })
    await expectSame(code, summary)
  })

  it('begins anew under another mapping, and after too many losses', async () => {
    const code = `basis_${kind}`
    await start(code, before, file('second'))
    await loseRun(code, 20)
    await apply(code, { mapped: true })
    const summary = await harvestAfterCrash(town, code)
    expect(summary).toMatchObject({ state: 'succeeded', restarted: { because: 'basis-changed' } })
    await expectSame(code, summary)

    await town.write(`${code}.csv`, file('third'))
    await loseRun(code, 20)
    await town.database.pool.query(
      `update guiji.run set plan = plan || '{"attempts":[1,2,3,4]}' where id = $1`,
      [(await lostRun(code)).id],
    )
    const again = await harvestAfterCrash(town, code)
    expect(again).toMatchObject({ state: 'succeeded', restarted: { because: 'lost-too-often' } })
    await expectSame(code, again)
  })
})

describe('a lost run', () => {
  it('goes on where a chunk in the middle had not been committed', async () => {
    await start('gap', false, file('first'))
    await loseRun('gap', 24)
    const { id } = await lostRun('gap')
    const { pool } = town.database
    await pool.query(`delete from load.r${id} where id in (6, 7)`)
    await pool.query(
      `with gone as (delete from guiji.ledger where run_id = $1 and place ->> 'at' = '6' returning *)
       update guiji.run r set read = r.read - g.read, accepted = r.accepted - g.accepted,
         inserted = r.inserted - g.inserted from gone g where r.id = $1`,
      [id],
    )
    const summary = await harvestAfterCrash(town, 'gap')
    expect(summary).toMatchObject({ run: String(id), state: 'succeeded', resumed: expect.anything() })
    await expectSame('gap', summary)
  })

  it('that had committed nothing leaves nothing, and a new one begins', async () => {
    await start('early', false, file('first'))
    await loseRun('early', 2)
    const summary = await harvestAfterCrash(town, 'early')
    expect(summary.resumed ?? summary.restarted).toBeUndefined()
    await expectSame('early', summary)
  })
})
