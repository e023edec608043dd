/** Runs under way: kept alive while they make progress, given up when they do not, cancelled, queued, never begun. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HarvestDocument, SourceDocument } from '../../../catalog-schema/documents/documents.ts'
import type { Listing } from '../../../src/connector.ts'
import { cancelRun } from '../../../src/harvest/lifecycle/cancel.ts'
import { lifelineOf } from '../../../src/harvest/lifecycle/lifeline.ts'
import { queueRun } from '../../../src/harvest/lifecycle/queue.ts'
import { reapLostRuns } from '../../../src/harvest/lifecycle/reap.ts'
import type { RunSummary } from '../../../src/harvest/run-events.ts'
import { findTargets } from '../../../src/harvest/target.ts'
import { faultsOf, rowsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'
import { harvestAfterCrash, kill, startWorker } from './crash-process.ts'
import { harvestOnce } from './engine.ts'

let town: City
let silent: Awaited<ReturnType<typeof silentSource>>
beforeAll(async () => {
  silent = await silentSource()
  town = await city({ sources: [silent.source] })
  await town.write('few.csv', 'id,name\n1,a\n2,b\n')
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await silent[Symbol.asyncDispose]()
})

const items = [
  { code: 'id', type: 'integer', key: true },
  { code: 'name', type: 'text' },
] as const

/** An interface that gives its first page and then never answers; it tells when a request was given up. */
async function silentSource() {
  let waiting = 0
  const server = createServer((request, response) => {
    if (request.url?.includes('page=1')) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ rows: [{ id: 1, name: 'a' }], total: 2 }))
      return
    }
    waiting += 1
    response.on('close', () => {
      waiting -= 1
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const config = { baseUrl: `http://127.0.0.1:${port}`, idleSeconds: 300 }
  const source: SourceDocument = {
    code: 'silent',
    name: 'silent',
    department: 'dsj',
    kind: 'http-json',
    config,
    politeness: { connections: 1 },
  }
  return {
    source,
    waiting: () => waiting,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function apply(code: string, more: Partial<Omit<HarvestDocument, 'items'>> = {}): Promise<void> {
  await town.apply([datasetOf(code, items)], [harvestOf(code, { file: 'few.csv' }, more)])
}

/** A dataset read from the silent interface. */
async function applySilent(code: string, more: Partial<Omit<HarvestDocument, 'items'>> = {}): Promise<void> {
  const read = { path: '/x', records: 'rows', paging: { kind: 'page', totalPath: 'total' } }
  await town.apply([datasetOf(code, items)], [harvestOf(code, read, { source: 'silent', ...more })])
}

interface Recorded {
  readonly id: bigint
  readonly state: string
  readonly cause: string | null
  readonly error: { readonly code: string; readonly details: Readonly<Record<string, string>> } | null
}

async function runsOf(code: string): Promise<Recorded[]> {
  const { rows } = await town.database.pool.query<Recorded>(
    `select r.id, r.state, r.cause, nullif(r.error, 'null') as error from guiji.run r
     join guiji.dataset d on d.id = r.dataset_id where d.code = $1 order by r.id`,
    [code],
  )
  return rows
}

async function underWay(code: string): Promise<bigint> {
  await expect.poll(async () => (await runsOf(code)).at(-1)?.state, { timeout: 20_000 }).toBe('running')
  return (await runsOf(code)).at(-1)?.id ?? 0n
}

/** Sessions of runs that wait for a lock. */
async function waitingForLock(): Promise<number | null> {
  const { rowCount } = await town.database.pool.query(
    `select from pg_stat_activity where application_name like 'guiji run %' and wait_event_type = 'Lock'
       and datname = current_database()`,
  )
  return rowCount
}

/** Harvests with a source that does `act` instead of giving its records. */
function harvestWith(code: string, act: (signal: AbortSignal) => Promise<void>): Promise<RunSummary> {
  const engine: City['engine'] = {
    ...town.engine,
    async openSource(target, signal) {
      const session = await town.engine.openSource(target, signal)
      const list = session.list.bind(session)
      const slow = async (request: Parameters<typeof list>[0]): Promise<Listing> => {
        const listing = await list(request)
        const batches = listing.batches.bind(listing)
        return Object.assign(listing, {
          async *batches() {
            await act(request.signal)
            yield* batches()
          },
        })
      }
      return Object.assign(session, { list: slow })
    },
  }
  return harvestOnce(engine, code)
}

const expire = `update guiji.lease set until = now() - interval '1 second', progressed_at = now() - interval '1 hour'`
const quick = { by: 'tester', sleep: (milliseconds: number) => sleep(milliseconds).then(() => {}) }

describe('a lease', () => {
  it('is renewed while records go by, and ends with the run', async () => {
    await apply('alive')
    const { pool } = town.database
    let renewed: Date | undefined
    const done = await harvestWith('alive', async () => {
      await pool.query(expire)
      await lifelineOf(pool).beat()
      const { rows } = await pool.query<{ until: Date }>('select until from guiji.lease')
      renewed = rows[0]?.until
    })
    expect(done).toMatchObject({ state: 'succeeded' })
    expect(renewed?.getTime()).toBeGreaterThan(Date.now())
    expect((await pool.query('select from guiji.lease')).rowCount).toBe(0)
  })

  it('ends where the source gives nothing for the declared time: the run fails, and the source is to blame', async () => {
    await applySilent('mute', { patience: 'PT10M' })
    const running = town.harvest('mute')
    await underWay('mute')
    await expect.poll(silent.waiting, { timeout: 20_000 }).toBe(1)
    const { pool } = town.database
    // The first beat still counts the page that came; then there is nothing for an hour.
    await lifelineOf(pool).beat()
    await pool.query(`update guiji.lease set progressed_at = now() - interval '9 minutes'`)
    await lifelineOf(pool).beat()
    expect((await runsOf('mute')).at(-1)).toMatchObject({ state: 'running' })
    await pool.query(expire)
    await lifelineOf(pool).beat()
    expect(await running).toMatchObject({
      state: 'failed',
      cause: 'source-unreachable:timeout',
      error: { code: 'SOURCE_SILENT', fact: expect.stringContaining('PT10M') },
    })
    await expect.poll(silent.waiting).toBe(0)
  })

  it('is renewed while a statement of the run works in the store, not while it waits for a lock', async () => {
    await apply('busy')
    const { pool } = town.database
    const untilOf = async () =>
      (await pool.query<{ late: boolean }>('select until < now() as late from guiji.lease')).rows[0]?.late
    const locker = await pool.connect()
    // From its first chunk on the run waits for this lock.
    const done = harvestWith('busy', async () => {
      await locker.query('begin; lock table guiji.run in exclusive mode')
    })
    await expect.poll(() => waitingForLock(), { timeout: 10_000 }).toBe(1)
    await lifelineOf(pool).beat()
    await pool.query(expire)
    await pool.query(`update guiji.lease set progressed_at = now() - interval '3 hours'`)
    await lifelineOf(pool).beat()
    expect(await untilOf()).toBe(true)
    // The waiting statement is stopped; what ends the run is written once the lock is gone.
    await sleep(300)
    await locker.query('rollback')
    locker.release()
    expect(await done).toMatchObject({ state: 'failed', error: { code: 'RUN_STALLED' } })
  })

  it('of a run whose statement works is renewed', async () => {
    await apply('working')
    const { pool } = town.database
    let late: boolean | undefined
    const done = await harvestWith('working', async () => {
      const { rows } = await pool.query<{ id: bigint; fence: bigint }>(
        `select id, fence from guiji.run where state = 'running'`,
      )
      const worker = await pool.connect()
      await worker.query(`set application_name to 'guiji run ${rows[0]?.id} ${rows[0]?.fence}'`)
      await lifelineOf(pool).beat()
      await pool.query(expire)
      await pool.query(`update guiji.lease set progressed_at = now() - interval '3 hours'`)
      const counting = worker.query('select count(*) from generate_series(1, 8000000)')
      await sleep(150)
      await lifelineOf(pool).beat()
      const lease = await pool.query<{ late: boolean }>('select until < now() as late from guiji.lease')
      late = lease.rows[0]?.late
      await counting
      await worker.query(`set application_name to 'guiji'`)
      worker.release()
    })
    expect(late).toBe(false)
    expect(done).toMatchObject({ state: 'succeeded' })
  })
})

describe('the reaper', () => {
  it('leaves a run that lives alone, and declares one lost whose process is gone, whoever looks', async () => {
    await apply('left')
    const worker = startWorker(town, 'left', { pause: 60_000 })
    await worker.heard('"event":"progress"')
    expect(await reapLostRuns(town.database.pool)).toEqual([])
    await kill(worker)
    await expect
      .poll(async () => (await reapLostRuns(town.database.pool)).length, { timeout: 20_000 })
      .toBe(1)
    expect(await runsOf('left')).toMatchObject([{ state: 'lost', cause: 'platform-failed' }])
    expect((await town.database.pool.query('select from guiji.lease')).rowCount).toBe(0)
    expect(await harvestAfterCrash(town, 'left')).toMatchObject({ state: 'succeeded' })
    expect(await faultsOf(town.database.pool, 'left')).toEqual([])
  })

  it('asks only the clock of the store: machines may be hours apart', async () => {
    await apply('skewed')
    const hours = 3_600_000
    const ahead = { ...town.engine, clock: () => Date.now() + 5 * hours }
    const behind = { ...town.engine, clock: () => Date.now() - 5 * hours }
    const running = harvestWith('skewed', () => sleep(1500).then(() => {}))
    await underWay('skewed')
    await expect(harvestOnce(ahead, 'skewed')).rejects.toMatchObject({ code: 'RUN_ACTIVE' })
    await expect(harvestOnce(behind, 'skewed')).rejects.toMatchObject({ code: 'RUN_ACTIVE' })
    expect(await running).toMatchObject({ state: 'succeeded' })
  })

  it('drops what a lost run had loaded when nobody went on with it for days', async () => {
    await apply('old')
    const { pool } = town.database
    await pool.query(
      `insert into guiji.run (harvest_id, dataset_id, state, mode, started_at, finished_at, plan)
       select h.id, h.dataset_id, 'lost', 'snapshot', now() - interval '9 days', now() - interval '8 days', '{"checkpoint":{}}'
       from guiji.harvest h join guiji.dataset d on d.id = h.dataset_id where d.code = 'old'`,
    )
    const [run] = await runsOf('old')
    await pool.query(`create table load.r${run?.id} (id int)`)
    await reapLostRuns(pool)
    expect((await pool.query(`select to_regclass('load.r${run?.id}') as left`)).rows).toEqual([
      { left: null },
    ])
  })
})

describe('a run that could not begin', () => {
  it('is on record, with what stood in the way', async () => {
    await apply('twice')
    const running = harvestWith('twice', () => sleep(800).then(() => {}))
    const first = await underWay('twice')
    await expect(town.harvest('twice')).rejects.toMatchObject({ code: 'RUN_ACTIVE' })
    await running
    expect(await runsOf('twice')).toMatchObject([
      { id: first, state: 'succeeded' },
      { state: 'failed', cause: 'platform-did-not-run', error: { code: 'RUN_ACTIVE' } },
    ])
    expect(await faultsOf(town.database.pool, 'twice')).toEqual([])
  })
})

describe('a queued run', () => {
  it('is there once, and whoever claims the dataset begins it', async () => {
    await apply('later')
    const { pool } = town.database
    const [target] = await findTargets(pool, ['later'])
    if (target === undefined) throw new Error('no target')
    const slotAt = new Date('2026-03-01T00:00:00Z')
    const client = await pool.connect()
    const asked = { mode: 'snapshot', now: new Date(), slotAt }
    const queued = await queueRun(client, target, asked)
    expect(await queueRun(client, target, asked)).toBeUndefined()
    client.release()
    expect(await town.harvest('later')).toMatchObject({
      run: String(queued),
      state: 'succeeded',
      inserted: '2',
    })
    const { rows } = await pool.query('select slot_at from guiji.run where id = $1', [queued])
    expect(rows).toEqual([{ slot_at: slotAt }])
  })
})

describe('cancelling', () => {
  it('stops the request under way, in another process too; asked twice, the first is on record', async () => {
    await applySilent('waits')
    const { pool } = town.database
    const worker = startWorker(town, 'waits', { pause: 0 })
    const run = await underWay('waits')
    await expect.poll(silent.waiting, { timeout: 20_000 }).toBe(1)
    // Its first beat is over: the next one is twenty seconds away, unless it is told.
    await expect
      .poll(async () => {
        const { rowCount } = await pool.query(
          `select from pg_stat_activity where application_name = 'guiji lifeline' and state = 'idle'
             and query like '%guiji.lease%' and datname = current_database()`,
        )
        return rowCount
      })
      .toBe(1)
    await cancelRun(pool, run, quick)
    await cancelRun(pool, run, { ...quick, by: 'another' })
    expect(await worker.ended()).toContain('"state":"cancelled"')
    await expect.poll(silent.waiting).toBe(0)
    expect(await runsOf('waits')).toMatchObject([
      { state: 'cancelled', cause: null, error: { code: 'RUN_CANCELLED', details: { by: 'tester' } } },
    ])
    const at = (await runsOf('waits'))[0]?.error?.details.at ?? ''
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000)
  })

  it('stops a statement that works in the store', async () => {
    await apply('slow')
    const { pool } = town.database
    await pool.query(
      `create function guiji.slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return new; end $$;
       create trigger slowly before insert on guiji.publication for each row execute function guiji.slowly()`,
    )
    const running = town.harvest('slow')
    await expect
      .poll(async () => (await runsOf('slow')).at(-1)?.state, { timeout: 20_000 })
      .toBe('publishing')
    await sleep(200)
    const begun = performance.now()
    await cancelRun(pool, (await runsOf('slow'))[0]?.id ?? 0n, quick)
    expect(performance.now() - begun).toBeLessThan(9000)
    expect(await running).toMatchObject({ state: 'cancelled', heldAfter: '0' })
    await pool.query('drop function guiji.slowly cascade')
    expect(await rowsOf(pool, 'store.slow', ['id'])).toEqual([])
    expect(await town.harvest('slow')).toMatchObject({ state: 'succeeded' })
    expect(await faultsOf(pool, 'slow')).toEqual([])
  })

  it('takes the run from a process that stands still', async () => {
    await apply('stopped')
    const { pool } = town.database
    const worker = startWorker(town, 'stopped', { pause: 60_000 })
    await worker.heard('"event":"progress"')
    worker.process.kill('SIGSTOP')
    const run = await underWay('stopped')
    const first = cancelRun(pool, run, { ...quick, sleep: () => sleep(2000).then(() => {}) })
    await expect
      .poll(async () => (await pool.query('select cancel_by as by from guiji.lease')).rows)
      .toEqual([{ by: 'tester' }])
    await cancelRun(pool, run, { ...quick, by: 'another', patience: 500 })
    await first
    expect(await runsOf('stopped')).toMatchObject([
      { state: 'cancelled', error: { code: 'RUN_CANCELLED', details: { by: 'tester' } } },
    ])
    await kill(worker)
    expect(await faultsOf(pool, 'stopped')).toEqual([])
  })

  it('ends what is queued, parked or waits to be gone on with at once, and nothing that has ended', async () => {
    const { pool } = town.database
    await apply('parked', { deletions: { maxShare: 0.1, minRows: 0, keep: 'P7D' } })
    await town.harvest('parked')
    await town.write('few.csv', 'id,name\n1,a\n')
    expect(await town.harvest('parked')).toMatchObject({ state: 'awaiting-approval' })
    await town.write('few.csv', 'id,name\n1,a\n2,b\n')
    const [done, parked] = await runsOf('parked')
    await cancelRun(pool, parked?.id ?? 0n, quick)
    await expect(cancelRun(pool, done?.id ?? 0n, quick)).rejects.toMatchObject({ code: 'RUN_ENDED' })
    await expect(cancelRun(pool, 10n ** 12n, quick)).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
    expect(await rowsOf(pool, 'store.parked', ['id'])).toEqual([{ id: '1' }, { id: '2' }])
    expect(await faultsOf(pool, 'parked')).toEqual([])

    const [target] = await findTargets(pool, ['parked'])
    if (target === undefined) throw new Error('no target')
    const client = await pool.connect()
    const queued = await queueRun(client, target, { mode: 'snapshot', now: new Date() })
    client.release()
    await cancelRun(pool, queued ?? 0n, quick)
    expect((await runsOf('parked')).map(({ state }) => state)).toEqual([
      'succeeded',
      'cancelled',
      'cancelled',
    ])
  })
})
