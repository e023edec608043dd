import { mkdir } from 'node:fs/promises'
import type pg from 'pg'
import { literal, quote } from '../../../src/store/identifiers.ts'
import { openPool, openStore, type Store } from '../../../src/store/open-store.ts'
import { generatorFingerprint } from '../generator/fingerprint.ts'
import { datasets, departments, sourceCode } from '../list/the-list.ts'
import type { Department, System } from '../list/types.ts'
import { advanceTable, loadTable } from './load-table.ts'
import { tableSchema } from './tables.ts'

type Database = Extract<System, { kind: 'postgres' }>

export interface DepartmentDatabases extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Brings all tables to `day`; loads those that are not there, or that cannot be brought there, anew. */
  show(scale: number, day: number): Promise<void>
}

export interface DatabaseOptions {
  readonly directory: string
  /** Password of each reader by source code, good until the next start. */
  readonly passwords: ReadonlyMap<string, string>
  readonly signal: AbortSignal
}

/** Starts a PostgreSQL server with one database and one reading user per department. */
export async function startDatabases(options: DatabaseOptions): Promise<DepartmentDatabases> {
  const { directory, passwords, signal } = options
  await mkdir(directory, { recursive: true })
  await using starting = new AsyncDisposableStack()
  const server = starting.use(await openStore({ directory, signal, maxConnections: 2 }))
  const pools = new Map<Department, pg.Pool>()
  for (const department of departments) {
    const database = department.systems.db
    if (database?.kind !== 'postgres') continue
    await ensureDatabase(server, database, passwords.get(sourceCode(department, 'db')) ?? '')
    const pool = starting.adopt(openPool(urlOf(server, database), 2), (open) => open.end())
    await prepareDatabase(pool, database)
    pools.set(department, pool)
  }
  const { hostname, port } = new URL(server.url)
  const running = starting.move()
  return {
    host: hostname,
    port: Number(port),
    show: (scale, day) => showAll(pools, scale, day, signal),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function urlOf(server: Store, database: Database): string {
  const url = new URL(server.url)
  url.pathname = `/${database.database}`
  return url.href
}

async function ensureDatabase(server: Store, { database, user }: Database, password: string): Promise<void> {
  const roles = await server.pool.query('select 1 from pg_roles where rolname = $1', [user])
  const verb = roles.rowCount === 0 ? 'create' : 'alter'
  await server.pool.query(`${verb} role ${quote(user)} login password ${literal(password)}`)
  const found = await server.pool.query('select 1 from pg_database where datname = $1', [database])
  if (found.rowCount === 0)
    await server.pool.query(`create database ${quote(database)} template template0 encoding 'UTF8'`)
}

async function prepareDatabase(pool: pg.Pool, { user }: Database): Promise<void> {
  await pool.query(`create schema if not exists ${tableSchema}`)
  await pool.query(`grant usage on schema ${tableSchema} to ${quote(user)}`)
  await pool.query(
    `alter default privileges in schema ${tableSchema} grant select on tables to ${quote(user)}`,
  )
  // What is loaded, so that the next start need not load again. Outside the schema that readers see.
  await pool.query('create schema if not exists example')
  await pool.query(
    'create table if not exists example.shown (dataset text primary key, content text, day integer)',
  )
}

/** Two departments at a time: one generates while the other's server works. */
async function showAll(
  pools: ReadonlyMap<Department, pg.Pool>,
  scale: number,
  day: number,
  signal: AbortSignal,
): Promise<void> {
  const content = `${generatorFingerprint()} ${scale}`
  const waiting = [...pools]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await showDepartment(next[1], next[0], { content, scale, day, signal })
    }
  }
  await Promise.all([work(), work()])
}

interface Showing {
  readonly content: string
  readonly scale: number
  readonly day: number
  readonly signal: AbortSignal
}

async function showDepartment(pool: pg.Pool, department: Department, showing: Showing): Promise<void> {
  const { content, scale, day, signal } = showing
  const client = await pool.connect()
  try {
    const shown = await client.query<{ dataset: string; content: string; day: number }>(
      'select * from example.shown',
    )
    const known = new Map(shown.rows.map((row) => [row.dataset, row]))
    for (const dataset of datasets) {
      if (dataset.department !== department || dataset.system !== 'db') continue
      signal.throwIfAborted()
      const last = known.get(dataset.code)
      const sameContent = last?.content === content
      if (sameContent && last.day === day) continue
      await client.query('begin')
      const target = { client, dataset, scale, signal }
      if (sameContent && last.day < day) await advanceTable(target, last.day, day)
      else await loadTable(target, day)
      await client.query(
        `insert into example.shown values ($1, $2, $3)
         on conflict (dataset) do update set content = excluded.content, day = excluded.day`,
        [dataset.code, content, day],
      )
      await client.query('commit')
    }
    client.release()
  } catch (error) {
    // The connection may be anywhere in a transaction or a COPY: it is not used again.
    client.release(true)
    throw error
  }
}
