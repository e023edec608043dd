/** Many harvests at once on a store with few connections, and on one that restarts under them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ControlDatabase } from '../../../catalog-schema/control/database.ts'
import type { SourceDocument, Workspace } from '../../../catalog-schema/documents/documents.ts'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import { type HarvestOutcome, harvestMany } from '../../../src/harvest/harvest-many.ts'
import { findTargets, type HarvestTarget } from '../../../src/harvest/target.ts'
import { startWorker } from '../../../src/schedule/workers.ts'
import { migrate } from '../../../src/store/migrate.ts'
import { openPool, queries } from '../../../src/store/open-store.ts'
import { storeAddress, toStoreError } from '../../../src/store/server/connection-errors.ts'
import { createDatabase } from '../../../src/store/server/inspect.ts'
import { leaseServer } from '../../../src/store/server/lease.ts'
import { applyWorkspace } from '../../../src/workspace/apply-workspace.ts'
import { expandSettings } from '../../../src/workspace/expand-catalog.ts'
import { faultsOf } from './books.ts'
import { datasetOf, harvestOf } from './city.ts'
import { engineOf } from './engine.ts'

const harvests = 64
const sources = 20
const connectionLimit = 20
/** Records of 100 bytes: 2 MB a dataset. */
const records = 20_000

let directory: string
let store: Awaited<ReturnType<typeof leaseServer>>
let watch: pg.Pool
const everything = new AsyncDisposableStack()

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'guiji-crowd-'))
  everything.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 20 }))
  const settings = {
    fsync: 'off',
    max_connections: String(connectionLimit),
    superuser_reserved_connections: '0',
  }
  const signal = AbortSignal.timeout(60_000)
  store = everything.use(await leaseServer({ directory, settings, temporary: true, signal }))
  await createDatabase(store.url, storeAddress(store.url), signal)
  watch = everything.adopt(openPool(store.url, 1), (pool) => pool.end())
  await migrate(watch)
  await mkdir(path.join(directory, 'drops'))
  await writeFile(path.join(directory, 'drops', 'crowd.csv'), file())
  await applyWorkspace(watch, workspace(), { allowLoss: true, by: 'test', now: new Date() })
}, 120_000)
afterAll(async () => {
  await everything.disposeAsync()
})

const codes = Array.from({ length: harvests }, (_, at) => `crowd_${at}`)
const items = [
  { code: 'id', type: 'integer', key: true },
  { code: 'name', type: 'text' },
  { code: 'day', type: 'date' },
] as const

function file(): string {
  const lines = Array.from({ length: records }, (_, id) => `${id},name ${'x'.repeat(70)} ${id},2025-06-20`)
  return `id,name,day\n${lines.join('\n')}\n`
}

function workspace(): Workspace {
  const source = (at: number): SourceDocument => ({
    code: `source_${at}`,
    name: `源${at}`,
    department: 'dsj',
    kind: 'csv',
    config: { root: 'drops' },
    politeness: { connections: 4 },
  })
  return {
    directory,
    settings: expandSettings({ name: '测试市', concurrency: harvests }),
    departments: [{ code: 'dsj', name: '数据局' }],
    datasets: codes.map((code) => datasetOf(code, items)),
    sources: Array.from({ length: sources }, (_, at) => source(at)),
    harvests: codes.map((code, at) =>
      harvestOf(code, { file: 'crowd.csv' }, { source: `source_${at % sources}` }),
    ),
  }
}

/** Harvests with a pool that may ask for more connections than there are. */
async function harvestAll(
  pool: pg.Pool,
  targets: readonly HarvestTarget[],
  concurrency: number,
): Promise<HarvestOutcome[]> {
  const db = queries<ControlDatabase>(pool)
  await using worker = await startWorker(db, { name: 'crowd', kind: 'harvest', concurrency })
  const options = { db, workerId: worker.id, concurrency, signal: new AbortController().signal }
  return await harvestMany(engineOf({ pool }, directory, { emit: () => {} }), targets, options)
}

/** Highest memory of this process while `work` goes on, above what it was, in MiB. */
async function measured<Result>(work: () => Promise<Result>) {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 20)
  const begun = performance.now()
  try {
    const result = await work()
    return { result, seconds: (performance.now() - begun) / 1000, mebibytes: (peak - before) / 2 ** 20 }
  } finally {
    clearInterval(timer)
  }
}

async function active(): Promise<bigint> {
  const { rows } = await watch.query<{ runs: bigint }>(
    `select count(*) as runs from guiji.run where state in ('queued', 'running', 'publishing')`,
  )
  return rows[0]?.runs ?? -1n
}

describe(`${harvests} harvests of ${sources} sources at once, with a connection limit of ${connectionLimit}`, () => {
  it('finish, none starved, with bounded memory', async () => {
    await using pools = new AsyncDisposableStack()
    const pool = pools.adopt(openPool(store.url, harvests + 6), (open) => open.end())
    const targets = await findTargets(pool, codes)
    const { result, seconds, mebibytes } = await measured(() => harvestAll(pool, targets, harvests))
    const states = Map.groupBy(result, ({ summary, error }) => summary?.state ?? String(error))
    const shown = [...states].map(([state, those]) => `${those.length} ${state}`).join(', ')
    const rows = BigInt(harvests * records)
    console.log(
      `${harvests} harvests, ${sources} sources, ${connectionLimit} connections, ${rows} rows: ${shown}; ` +
        `${seconds.toFixed(1)} s, ${mebibytes.toFixed(0)} MiB above start`,
    )
    expect(shown).toBe(`${harvests} succeeded`)
    expect(mebibytes).toBeLessThan(1024)
    expect(await active()).toBe(0n)
    for (const code of codes.slice(0, 5)) expect(await faultsOf(watch, code)).toEqual([])
  }, 240_000)
})

async function sessionOfRun(): Promise<number> {
  for (;;) {
    const { rows } = await watch.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name like 'guiji run %' limit 1`,
    )
    if (rows[0] !== undefined) return rows[0].pid
  }
}

describe('a store that restarts under harvests', () => {
  it('ends the runs under way, told as what it is; those that wait go on, and the next harvest finishes all', async () => {
    await writeFile(path.join(directory, 'drops', 'crowd.csv'), file().replaceAll('name ', 'other '))
    const first = codes.slice(0, 12)
    await using pools = new AsyncDisposableStack()
    const pool = pools.adopt(openPool(store.url, 10), (open) => open.end())
    const going = harvestAll(pool, await findTargets(pool, first), 3)
    await expect.poll(active, { timeout: 20_000 }).toBeGreaterThan(0n)
    // A server of which one process is killed ends all the others, recovers, and is there again.
    process.kill(await sessionOfRun(), 'SIGKILL')
    const outcomes = await going
    const broken = outcomes.filter((outcome) => outcome.error !== undefined)
    expect(broken.length).toBeGreaterThan(0)
    // As a command tells them.
    const address = storeAddress(store.url)
    for (const { error } of broken) {
      const told = toStoreError(error, address)
      expect(told instanceof GuijiError ? told.code : inspect(told)).toMatch(/^STORE_(LOST|UNREACHABLE)$/)
    }
    expect(outcomes.filter(({ summary }) => summary?.state === 'succeeded').length).toBe(
      first.length - broken.length,
    )
    const again = await harvestAll(pool, await findTargets(pool, first), 3)
    expect(again.map(({ summary, error }) => summary?.state ?? String(error))).toEqual(
      first.map(() => 'succeeded'),
    )
    expect(await active()).toBe(0n)
    for (const code of first) expect(await faultsOf(watch, code)).toEqual([])
  }, 120_000)
})
