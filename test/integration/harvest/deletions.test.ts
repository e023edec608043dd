import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Listing } from '../../../src/connector.ts'
import { runHarvest } from '../../../src/harvest/run.ts'
import { findTargets } from '../../../src/harvest/target.ts'
import { faultsOf, openRejects, rowsOf, versionsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'

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
  { code: 'born', type: 'date' },
] as const
const line = (id: number, name = `name ${id}`, born = '2000-01-01') => `${id},${name},${born}`
const file = (...lines: string[]) => `${['id,name,born', ...lines].join('\n')}\n`
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

async function held(code: string): Promise<string[]> {
  const rows = await rowsOf(town.database.pool, `store.${code}`, ['id'])
  return rows.map((row) => row.id ?? '').sort((a, b) => Number(a) - Number(b))
}

async function start(code: string, content: string, deletions = { maxShare: 1, minRows: 0, keep: 'P7D' }) {
  await town.apply([datasetOf(code, items)], [harvestOf(code, { file: `${code}.csv` }, { deletions })])
  await town.write(`${code}.csv`, content)
  expect(await town.harvest(code)).toMatchObject({ state: 'succeeded' })
}

async function next(code: string, content: string) {
  await town.write(`${code}.csv`, content)
  const summary = await town.harvest(code)
  expect(await faultsOf(town.database.pool, code)).toEqual([])
  return summary
}

describe('what is not in a listing is deleted', () => {
  it('but not the row of a record that was rejected', async () => {
    await start('a1', file(line(1), line(2), line(3)))
    const summary = await next('a1', file(line(1), line(2, 'name 2', '2000-02-30')))
    expect(summary).toMatchObject({ state: 'succeeded', deleted: '1', rejected: '1' })
    expect(await held('a1')).toEqual(['1', '2'])
    expect(await next('a1', file(line(1)))).toMatchObject({ deleted: '1' })
    expect(await held('a1')).toEqual(['1'])
  })

  it('and leaves the gone twin once it has been there long enough', async () => {
    await start('a0', file(line(1), line(2), line(3)), { maxShare: 1, minRows: 0, keep: 'P1M' })
    const gone = async () => (await rowsOf(town.database.pool, 'gone.a0', ['id'])).map((row) => row.id)
    await next('a0', file(line(1), line(2)))
    await town.database.pool.query(`update gone.a0 set _gone_at = _gone_at - interval '32 days'`)
    expect(await gone()).toEqual(['3'])
    expect(await next('a0', file(line(1)))).toMatchObject({ deleted: '1', heldAfter: '1' })
    expect(await gone()).toEqual(['2'])
  })

  it('but not the row that a record without a readable key resembles, until that record is gone', async () => {
    await start('a2', file(line(1), line(2), line(3)))
    const bad = '2x,name 2,2000-01-01'
    expect(await next('a2', file(line(1), bad))).toMatchObject({ rejected: '1' })
    expect(await held('a2')).toContain('2')
    const { rows } = await town.database.pool.query('select from guiji.doubt')
    expect(rows).not.toHaveLength(0)
    expect(await next('a2', file(line(1), bad, line(4)))).toMatchObject({ deleted: '0' })
    await next('a2', file(line(1), line(4)))
    expect(await held('a2')).toEqual(['1', '4'])
    expect((await town.database.pool.query('select from guiji.doubt')).rows).toEqual([])
  })

  it('and a key of the wrong type is not a readable one, whatever else is wrong with the record', async () => {
    await start('a3', file(line(1), line(2), line(3)))
    await next('a3', file(line(1), line(3), '2x,name 2,2000-02-30'))
    expect(await held('a3')).toEqual(['1', '2', '3'])
  })

  it('and a reject that a failed run met is news to the next', async () => {
    await start('a4', file(line(1), line(2), line(3)))
    const worse = file(line(1), line(3), '2x,name 2,2000-01-01')
    await town.write('a4.csv', worse)
    const [target] = await findTargets(town.database.pool, ['a4'])
    if (target === undefined) throw new Error('no target')
    const failing = await runHarvest(
      withEnd((end) => ({ ...end, complete: false, reason: 'cut off' })),
      target,
      {
        signal: new AbortController().signal,
      },
    )
    expect(failing).toMatchObject({ state: 'partial', cause: 'source-wrong:truncated', rejected: '1' })
    expect(await faultsOf(town.database.pool, 'a4')).toEqual([])
    await next('a4', worse)
    expect(await held('a4')).toEqual(['1', '2', '3'])
  })

  it('not at all from a listing that is cut off or that the source declares larger', async () => {
    await start('a5', file(line(1), line(2), line(3)))
    const before = await versionsOf(town.database.pool, 'a5')
    await town.write('a5.csv', file(line(1), line(4)))
    const [target] = await findTargets(town.database.pool, ['a5'])
    if (target === undefined) throw new Error('no target')
    for (const change of [
      (end: ReturnType<Listing['end']>) => ({ ...end, complete: false, reason: 'page 2 was empty' }),
      (end: ReturnType<Listing['end']>) => ({ ...end, declared: 3n }),
    ]) {
      const summary = await runHarvest(withEnd(change), target, { signal: new AbortController().signal })
      expect(summary).toMatchObject({ state: 'partial', cause: 'source-wrong:truncated', heldAfter: '3' })
      expect(await versionsOf(town.database.pool, 'a5')).toEqual(before)
      expect(await faultsOf(town.database.pool, 'a5')).toEqual([])
    }
  })

  it('only up to a share; beyond it the run waits, and a later one overtakes it', async () => {
    const all = range(1, 20)
    await start('a6', file(...all.map((id) => line(id))), { maxShare: 0.2, minRows: 2, keep: 'P7D' })
    const few = file(...range(1, 10).map((id) => line(id)))
    const before = await versionsOf(town.database.pool, 'a6')
    expect(await next('a6', few)).toMatchObject({
      state: 'awaiting-approval',
      cause: 'awaiting-approval',
      deleted: '0',
    })
    expect(await versionsOf(town.database.pool, 'a6')).toEqual(before)
    expect(await next('a6', file(...range(1, 17).map((id) => line(id))))).toMatchObject({
      state: 'succeeded',
      deleted: '3',
    })
    const { rows } = await town.database.pool.query(
      `select state, cause from guiji.run r join guiji.dataset d on d.id = r.dataset_id where d.code = 'a6' order by r.id`,
    )
    expect(rows).toMatchObject([
      { state: 'succeeded' },
      { state: 'refused', cause: 'overtaken' },
      { state: 'succeeded' },
    ])
  })

  it('not because the source says it has nothing', async () => {
    await start('a7', file(line(1), line(2)))
    expect(await next('a7', file())).toMatchObject({
      state: 'awaiting-approval',
      cause: 'source-wrong:empty',
    })
    expect(await held('a7')).toEqual(['1', '2'])
    expect(await next('a7', file(line(1), line(2)))).toMatchObject({ state: 'succeeded' })
  })
})

describe('a record that COPY alone would take otherwise', () => {
  it('is rejected on the first load too: quotes in the middle of a field', async () => {
    await town.apply(
      [
        datasetOf('q1', [
          { code: 'id', type: 'text', key: true },
          { code: 'name', type: 'text' },
        ]),
      ],
      [harvestOf('q1', { file: 'q1.csv' })],
    )
    await town.write('q1.csv', 'id,name\n1,a\n2,b"c"d\n3,e\n')
    expect(await town.harvest('q1')).toMatchObject({ lane: 'bytes', inserted: '2', rejected: '1' })
    expect(await openRejects(town.database.pool, 'q1')).toMatchObject([
      { raw: '2,b"c"d', reason: 'malformed' },
    ])
  })
})

/** The engine with a source that ends otherwise. */
function withEnd(change: (end: ReturnType<Listing['end']>) => ReturnType<Listing['end']>): City['engine'] {
  const { engine } = town
  return {
    ...engine,
    async openSource(target, signal) {
      const session = await engine.openSource(target, signal)
      return {
        test: () => session.test(),
        discover: () => session.discover(),
        async list(request) {
          const { previous: _, ...whole } = request
          const listing = await session.list(whole)
          return new Proxy(listing, {
            get(of, name) {
              if (name === 'end') return () => change(of.end())
              const value = Reflect.get(of, name)
              return typeof value === 'function' ? value.bind(of) : value
            },
          })
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
  }
}
