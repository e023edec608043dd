import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { quote } from '../../src/store/identifiers.ts'
import { storeAddress } from '../../src/store/server/connection-errors.ts'
import { createDatabase } from '../../src/store/server/inspect.ts'
import { leaseServer } from '../../src/store/server/lease.ts'
import { databasePrefix, runLock } from './run-names.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server that all tests of this run share. */
    readonly storeUrl: string
    /** Part of the name of every database of this run. */
    readonly runId: string
  }
}

let running: AsyncDisposableStack | undefined

/**
 * One server for the whole run: PostgreSQL as guiji embeds it, without fsync, in a temporary folder that goes with
 * the server; or the one named by GUIJI_TEST_STORE.
 */
export async function setup(project: TestProject): Promise<void> {
  await using starting = new AsyncDisposableStack()
  const url = process.env.GUIJI_TEST_STORE ?? (await ownServer(starting))
  const runId = randomBytes(4).toString('hex')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  starting.defer(() => client.end())
  await client.query('select pg_advisory_lock(hashtext($1))', [runLock(runId)])
  await dropDatabasesOfDeadRuns(client)
  starting.defer(() => dropDatabases(client, databasePrefix(runId)))
  project.provide('storeUrl', url)
  project.provide('runId', runId)
  running = starting.move()
}

export async function teardown(): Promise<void> {
  await running?.disposeAsync()
}

async function ownServer(starting: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(os.tmpdir(), 'guiji-test-'))
  starting.defer(() => rm(directory, { recursive: true, force: true }))
  const signal = AbortSignal.timeout(60_000)
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '400',
  }
  const lease = starting.use(await leaseServer({ directory, settings, temporary: true, signal }))
  await createDatabase(lease.url, storeAddress(lease.url), signal)
  return lease.url
}

/** A run that was killed could not drop what it made; its lock is free since then. */
async function dropDatabasesOfDeadRuns(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `select distinct substring(datname from '^guiji_test_([0-9a-f]{8})_') as id
       from pg_database where datname ~ '^guiji_test_[0-9a-f]{8}_'`,
  )
  for (const { id } of rows) {
    const lock = await client.query<{ free: boolean }>('select pg_try_advisory_lock(hashtext($1)) as free', [
      runLock(id),
    ])
    if (!lock.rows[0]?.free) continue
    await dropDatabases(client, databasePrefix(id))
    await client.query('select pg_advisory_unlock(hashtext($1))', [runLock(id)])
  }
}

async function dropDatabases(client: pg.Client, prefix: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  )
  for (const { datname } of rows) await client.query(`drop database if exists ${quote(datname)} with (force)`)
}
