import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../src/harvest/run-events.ts'
import { faultsOf, openRejects, rowsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'
import { harvestAfterCrash, kill, startWorker } from './crash-process.ts'

let town: City
beforeAll(async () => {
  town = await city()
  await town.write('big.csv', bigFile(0))
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const items = [
  { code: 'id', type: 'integer', key: true },
  { code: 'name', type: 'text' },
  { code: 'day', type: 'date' },
] as const

/** About 5 MiB: several batches, some with records that do not fit. */
function bigFile(version: number): string {
  const lines = ['id,name,day']
  for (let id = version * 500; id < 60_000 + version * 500; id += 1) {
    const changed = version > 0 && id % 100 === 0 ? 'changed' : 'name'
    const day = id % 7000 === 0 ? '2025-02-30' : '2025-06-20'
    lines.push(`${id},${changed} of a person who lives in a village ${'x'.repeat(50)} ${id},${day}`)
  }
  return `${lines.join('\n')}\n`
}

async function apply(codes: readonly string[]): Promise<void> {
  await town.apply(
    codes.map((code) => datasetOf(code, items)),
    codes.map((code) => harvestOf(code, { file: 'big.csv' })),
  )
}

async function contentsOf(code: string) {
  const { pool } = town.database
  const columns = ['id', 'name', 'day']
  const state = await pool.query(
    `select held, received, open_rejects from guiji.dataset_state t join guiji.dataset d on d.id = t.dataset_id where code = $1`,
    [code],
  )
  return {
    store: await rowsOf(pool, `store.${code}`, columns),
    gone: await rowsOf(pool, `gone.${code}`, columns),
    rejects: await openRejects(pool, code),
    state: state.rows,
  }
}

describe('a process that is killed in the middle of a run', () => {
  it('leaves nothing that the next run does not put right', async () => {
    await apply(['calm', 'shaken'])
    for (const version of [0, 1]) {
      await town.write('big.csv', bigFile(version))
      for (const [event, times] of [
        ['started', 1],
        ['planned', 1],
        ['progress', 1],
        ['progress', 2],
      ] as const) {
        const worker = startWorker(town, 'shaken', { pause: event === 'progress' ? 400 : 50 })
        await worker.heard(`"event":"${event}"`, times)
        await kill(worker)
      }
      expect(await town.harvest('calm')).toMatchObject({ state: 'succeeded' })
      expect(await harvestAfterCrash(town, 'shaken')).toMatchObject({ state: 'succeeded' })
      expect(await contentsOf('shaken')).toEqual(await contentsOf('calm'))
      expect(await faultsOf(town.database.pool, 'shaken')).toEqual([])
    }
    // Each of the eight is on record: as a lost run, or as an attempt of the run that was gone on with.
    const { rows } = await town.database.pool.query(
      `select sum(jsonb_array_length(coalesce(r.plan -> 'attempts', '[]')) + (r.state = 'lost')::int) as lost,
         count(*) filter (where r.state = 'succeeded') as succeeded
       from guiji.run r join guiji.dataset d on d.id = r.dataset_id where d.code = 'shaken'`,
    )
    expect(rows).toEqual([{ lost: 8n, succeeded: 2n }])
  }, 180_000)

  it('keeps others out while it lives', async () => {
    await apply(['taken'])
    const worker = startWorker(town, 'taken', { pause: 3000 })
    await worker.heard('"event":"planned"')
    await expect(town.harvest('taken')).rejects.toMatchObject({ code: 'RUN_ACTIVE' })
    await kill(worker)
    expect(await harvestAfterCrash(town, 'taken')).toMatchObject({ state: 'succeeded' })
  })
})

describe('a run that loses its right or its connection', () => {
  it('writes nothing once its fence has moved on', async () => {
    await apply(['fenced'])
    const engine = during('started', (run) =>
      town.database.pool.query('update guiji.run set fence = fence + 1 where id = $1', [run]),
    )
    await expect(engine('fenced')).rejects.toMatchObject({ code: 'RUN_FENCED' })
    expect(await rowsOf(town.database.pool, 'store.fenced', ['id'])).toEqual([])
    expect(await harvestAfterCrash(town, 'fenced')).toMatchObject({ state: 'succeeded' })
    expect(await faultsOf(town.database.pool, 'fenced')).toEqual([])
  })

  it('does not put a table of the old list in the place of a new one', async () => {
    await town.apply([datasetOf('relisted', items)], [harvestOf('relisted', { file: 'less.csv' })])
    const more = datasetOf('relisted', [...items, { code: 'more', type: 'text' }])
    const read = { file: 'more.csv' }
    await town.write('less.csv', 'id,name,day\n1,a,2025-06-20\n')
    await town.write('more.csv', 'id,name,day,more\n1,a,2025-06-20,x\n')
    const engine = during('planned', () => town.apply([more], [harvestOf('relisted', read)]))
    expect(await engine('relisted')).toMatchObject({ state: 'failed', error: { code: 'LIST_CHANGED' } })
    expect(await town.harvest('relisted')).toMatchObject({ state: 'succeeded', inserted: '1' })
    const columns = ['id', 'name', 'day', 'more']
    expect(await rowsOf(town.database.pool, 'store.relisted', columns)).toEqual([
      { id: '1', name: 'a', day: '2025-06-20', more: 'x' },
    ])
    expect(await faultsOf(town.database.pool, 'relisted')).toEqual([])
  })

  it('fails clearly when the store cuts its connection, and the next one is fine', async () => {
    await apply(['cut'])
    const engine = during('planned', async (run) => {
      await town.database.pool.query(
        `select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and l.granted
           and l.pid <> pg_backend_pid() and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('guiji run ' || $1, 0)`,
        [run],
      )
    })
    await expect(engine('cut')).rejects.toMatchObject({ code: 'STORE_LOST' })
    const { pool } = town.database
    await expect.poll(() => pool.totalCount - pool.idleCount, { timeout: 5000 }).toBe(0)
    expect(await harvestAfterCrash(town, 'cut')).toMatchObject({ state: 'succeeded' })
    expect(await faultsOf(town.database.pool, 'cut')).toEqual([])
  })

  it('says so when the store has no room left, and loses nothing', async () => {
    await apply(['full'])
    await town.database.pool.query(
      `create function guiji.no_room() returns trigger language plpgsql as
         $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
       create trigger no_room before insert on guiji.ledger for each row execute function guiji.no_room()`,
    )
    const full = await town.harvest('full')
    await town.database.pool.query('drop function guiji.no_room cascade')
    expect(full).toMatchObject({
      state: 'failed',
      cause: 'platform-failed',
      error: { code: 'STORE_DISK_FULL' },
    })
    expect(await faultsOf(town.database.pool, 'full')).toEqual([])
    expect(await town.harvest('full')).toMatchObject({ state: 'succeeded' })
  })
})

/** Harvests, and does something to the run as soon as it says `event`. */
function during(event: string, act: (run: string) => Promise<unknown>) {
  return async (code: string): Promise<RunSummary> => {
    const acts: Promise<unknown>[] = []
    const { harvestOnce } = await import('./engine.ts')
    const engine: City['engine'] = {
      ...town.engine,
      emit: (said) => {
        if (said.event === event) acts.push(act(said.run))
      },
      async openSource(target, signal) {
        const session = await town.engine.openSource(target, signal)
        const list = session.list.bind(session)
        return Object.assign(session, {
          list: async (request: Parameters<typeof list>[0]) => {
            const listing = await list(request)
            const batches = listing.batches.bind(listing)
            return Object.assign(listing, {
              async *batches() {
                await Promise.all(acts)
                yield* batches()
              },
            })
          },
        })
      },
    }
    return await harvestOnce(engine, code)
  }
}
