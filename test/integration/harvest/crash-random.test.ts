/** Processes killed with -9 or stopped at random points, over modes and lanes, beside a run that nobody disturbed. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourceDocument } from '../../../catalog-schema/documents/documents.ts'
import { accountNames } from '../../../src/harvest/accounts.ts'
import { faultsOf, openRejects, rowsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'
import { harvestAfterCrash, kill, startWorker } from './crash-process.ts'
import { type Dice, dice } from './random-city.ts'

const bureau: SourceDocument = {
  code: 'bureau',
  name: '业务库',
  department: 'dsj',
  kind: 'postgres',
  config: { url: 'file:bureau-url' },
  politeness: { connections: 1 },
}

let town: City
beforeAll(async () => {
  town = await city({ sources: [bureau] })
  await writeFile(path.join(town.directory, 'bureau-url'), town.database.url)
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const items = [
  { code: 'id', type: 'integer', key: true },
  { code: 'name', type: 'text' },
  { code: 'day', type: 'date' },
] as const

interface Case {
  readonly name: string
  readonly harvest?: Parameters<typeof harvestOf>[2]
  /** Rows that are there before; 0: a first load. */
  readonly before: number
  /** Share of the records that do not fit. */
  readonly bad: number
  /** Read from a database rather than from a file. */
  readonly database?: boolean
}

/** A mapping that must be decoded. */
const rowsLane = { items: { name: { normalise: ['strip-nul'] } } } as const
const database = { source: 'bureau' } as const
const incremental = { ...database, mode: 'incremental', cursor: { field: 'id' } } as const

const cases: readonly Case[] = [
  { name: 'bytes, first load', before: 0, bad: 0 },
  { name: 'rows, first load', before: 0, bad: 0.001, harvest: rowsLane },
  { name: 'repair, first load', before: 0, bad: 0.001 },
  { name: 'snapshot, changes', before: 20_000, bad: 0.001 },
  { name: 'database, first load', before: 0, bad: 0.001, harvest: database, database: true },
  { name: 'database, changes', before: 15_000, bad: 0.001, harvest: database, database: true },
  { name: 'incremental, changes', before: 9000, bad: 0.001, harvest: incremental, database: true },
  { name: 'append, more', before: 9000, bad: 0.001, harvest: { mode: 'append' } },
]

/** Records of about 400 bytes: some 10 MiB, two or three commits of a delta. */
const count = 25_000

/** Records `from` to `from + rows`; a version differs in one record of 7, and has some twice. */
function file(version: number, from: number, rows: number, bad: number): string {
  const roll = dice(version)
  const lines = ['id,name,day']
  const filler = 'x'.repeat(380)
  for (let id = from; id < from + rows; id += 1) {
    const word = version > 0 && id % 7 === 0 ? `changed ${version}` : 'name'
    lines.push(`${id},${word} ${filler} ${id},${roll.chance(bad) ? '2025-02-30' : '2025-06-20'}`)
    if (id % 4001 === 0) lines.push(lines.at(-1) ?? '')
  }
  return `${lines.join('\n')}\n`
}

/** Everything but the numbers of runs. */
async function booksOf(code: string) {
  const { pool } = town.database
  const columns = ['id', 'name', 'day']
  const sums = accountNames.map((name) => `sum(r.${name})::text as ${name}`).join(', ')
  const changes = await pool.query(
    `select ${sums} from guiji.run r join guiji.dataset d on d.id = r.dataset_id
     where d.code = $1 and r.state = 'succeeded' and r.unchanged_by is null`,
    [code],
  )
  const state = await pool.query(
    `select held, received, open_rejects, cursor from guiji.dataset_state t join guiji.dataset d on d.id = t.dataset_id
     where code = $1`,
    [code],
  )
  return {
    store: await rowsOf(pool, `store.${code}`, columns),
    gone: await rowsOf(pool, `gone.${code}`, columns),
    rejects: await openRejects(pool, code),
    state: state.rows,
    changes: changes.rows,
    faults: await faultsOf(pool, code),
  }
}

async function prepare(one: Case, codes: readonly string[]): Promise<void> {
  await town.apply(
    codes.map((code) => datasetOf(code, items)),
    codes.map((code) =>
      harvestOf(code, one.database ? { table: code } : { file: `${code}.csv` }, one.harvest),
    ),
  )
  const write = one.database ? writeTable : (code: string, text: string) => town.write(`${code}.csv`, text)
  for (const code of codes) {
    if (one.before > 0) {
      await write(code, file(0, 0, one.before, one.bad))
      await town.harvest(code)
    }
    await write(code, file(1, one.before === 0 ? 0 : 5000, count, one.bad))
  }
}

/** The lines of a file as the rows of a table of the bureau. */
async function writeTable(code: string, text: string): Promise<void> {
  await town.database.pool.query(
    `drop table if exists ${code}; create table ${code} (id int, name text, day text)`,
  )
  await town.database.pool.query(
    `insert into ${code} select split_part(line, ',', 1)::int, split_part(line, ',', 2), split_part(line, ',', 3)
     from string_to_table($1, E'\n') line`,
    [text.trimEnd().split('\n').slice(1).join('\n')],
  )
}

/** Waits for one of the run's events, and a little more. */
async function somewhere(roll: Dice, heard: (text: string, times: number) => Promise<string>): Promise<void> {
  const event = roll.pick(['started', 'planned', 'progress', 'progress', 'progress', 'publishing'])
  await heard(`"event":"${event}"`, event === 'progress' ? 1 + roll.below(8) : 1)
  await sleep(roll.below(60))
}

describe('killed with -9 at random points', () => {
  it.each(cases.map((one, at) => ({ ...one, key: `k${at}` })))(
    '$name: store, ledger, rejects and totals are those of a run that nobody disturbed',
    async (one) => {
      const [calm, shaken] = [`${one.key}_calm`, `${one.key}_shaken`]
      await prepare(one, [calm, shaken])
      const roll = dice(one.name.length)
      for (let deaths = 0; deaths < 2; deaths += 1) {
        const worker = startWorker(town, shaken, { pause: 15, seed: roll.below(1e9) })
        await somewhere(roll, worker.heard)
        await kill(worker)
      }
      expect(await town.harvest(calm)).toMatchObject({ state: 'succeeded' })
      expect(await harvestAfterCrash(town, shaken)).toMatchObject({ state: 'succeeded' })
      const books = await booksOf(shaken)
      expect(books.faults).toEqual([])
      const told = await booksOf(calm)
      expect({ ...books, rejects: books.rejects.map(withoutFile) }).toEqual({
        ...told,
        rejects: told.rejects.map(withoutFile),
      })
    },
    120_000,
  )

  it('some of these runs were gone on with', async () => {
    const { rows } = await town.database.pool.query<{ runs: bigint }>(
      `select count(*) as runs from guiji.run where plan ? 'resumed'`,
    )
    expect(rows[0]?.runs).toBeGreaterThan(0n)
  })
})

/** The two read files of their own. */
function withoutFile({ place, ...reject }: Awaited<ReturnType<typeof openRejects>>[number]) {
  return { ...reject, line: place.line }
}

/**
 * A store in which every lease has just run out, by its own clock. A worker that is stopped mostly holds locks on its
 * lease, so that what it has cannot be changed afterwards.
 */
async function shortLeases(): Promise<AsyncDisposable> {
  const { pool } = town.database
  await pool.query(
    `create function guiji.short_lease() returns trigger language plpgsql as
       $$ begin new.until := clock_timestamp() - interval '1 second'; return new; end $$;
     create function guiji.short_run() returns trigger language plpgsql as
       $$ begin new.lease_until := clock_timestamp() - interval '1 second'; return new; end $$;
     create trigger short_lease before insert or update on guiji.lease for each row execute function guiji.short_lease();
     create trigger short_run before insert or update on guiji.run for each row
       when (new.lease_until is not null) execute function guiji.short_run()`,
  )
  const drop = 'drop function guiji.short_lease cascade; drop function guiji.short_run cascade'
  return { [Symbol.asyncDispose]: async () => void (await pool.query(drop)) }
}

describe('a process that stands still while another takes its run', () => {
  it.each([
    { name: 'first load', before: 0, bad: 0.001 },
    { name: 'changes', before: 20_000, bad: 0.001 },
  ])(
    '$name: woken up, it writes nothing and says why',
    async (one) => {
      const code = `zombie_${one.before}`
      await prepare(one, [code])
      await using _leases = await shortLeases()
      const worker = startWorker(town, code, { pause: 30, seed: 7 })
      using _gone = { [Symbol.dispose]: () => void worker.process.kill('SIGKILL') }
      await worker.heard('"event":"progress"', 6)
      worker.process.kill('SIGSTOP')
      expect(await harvestAfterCrash(town, code)).toMatchObject({ state: 'succeeded' })
      const before = await booksOf(code)
      worker.process.kill('SIGCONT')
      const said = await worker.ended()
      expect(said).toMatch(/"event":"died","code":"(STORE_LOST|STORE_UNREACHABLE|RUN_FENCED)"/)
      expect(await booksOf(code)).toEqual(before)
      expect(before.faults).toEqual([])
    },
    60_000,
  )
})
