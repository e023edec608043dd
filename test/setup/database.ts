import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { quote } from '../../src/store/identifiers.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPool } from '../../src/store/open-store.ts'
import { databasePrefix } from './run-names.ts'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly pool: pg.Pool
}

/** An own, migrated, otherwise empty database on the run's server, gone when disposed of: `await using db = …`. */
export async function testDatabase(): Promise<TestDatabase> {
  const template = `${databasePrefix(inject('runId'))}template`
  await withServer((client) => ensureTemplate(client, template))
  return await databaseFrom(template)
}

/** The same without the control tables: for what begins in an older store. */
export function bareDatabase(): Promise<TestDatabase> {
  return databaseFrom('template0')
}

async function databaseFrom(template: string): Promise<TestDatabase> {
  const name = `${databasePrefix(inject('runId'))}${randomBytes(6).toString('hex')}`
  await withServer((client) =>
    client.query(`create database ${quote(name)} encoding 'UTF8' template ${quote(template)}`),
  )
  const url = databaseUrl(name)
  const pool = openPool(url, 10)
  return {
    url,
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end()
      await withServer((client) => client.query(`drop database if exists ${quote(name)} with (force)`))
    },
  }
}

/** The migrations run once per test run; every database after that is a copy. Test files run in parallel. */
async function ensureTemplate(client: pg.Client, template: string): Promise<void> {
  if (await exists(client, template)) return
  const building = `${template}_building`
  await client.query('select pg_advisory_lock(hashtext($1))', [template])
  try {
    if (await exists(client, template)) return
    await client.query(`drop database if exists ${quote(building)} with (force)`)
    await client.query(`create database ${quote(building)} encoding 'UTF8' template template0`)
    const pool = openPool(databaseUrl(building), 2)
    try {
      await migrate(pool)
    } finally {
      await pool.end()
    }
    await client.query(`alter database ${quote(building)} rename to ${quote(template)}`)
  } finally {
    await client.query('select pg_advisory_unlock(hashtext($1))', [template])
  }
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  return rowCount === 1
}

async function withServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: inject('storeUrl') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function databaseUrl(name: string): string {
  const url = new URL(inject('storeUrl'))
  url.pathname = `/${name}`
  return url.href
}
