import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { GuijiError } from '../errors/guiji-error.ts'

const directory = new URL('../../catalog-schema/control/migrations/', import.meta.url)
/** Any number, the same in every guiji process: serialises concurrent starts on one database. */
const lockKey = 7_131_100

/**
 * Brings the control tables to this version. Safe when several processes start at once: they queue on an advisory
 * lock and the later ones find nothing to do. A store written by a newer guiji is refused, never guessed at.
 */
export async function migrate(pool: pg.Pool): Promise<{ applied: readonly string[] }> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [lockKey])
    const done = await appliedNames(client)
    const unknown = [...done].filter((name) => !files.includes(name))
    if (unknown.length > 0) throw new GuijiError('STORE_NEWER', { found: unknown.join(', ') })
    const missing = files.filter((name) => !done.has(name))
    for (const name of missing) {
      await client.query(await readFile(new URL(name, directory), 'utf8'))
      await client.query('insert into guiji.migration (name, applied_at) values ($1, now())', [name])
    }
    await client.query('commit')
    return { applied: missing }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

async function appliedNames(client: pg.PoolClient): Promise<Set<string>> {
  await client.query('create schema if not exists guiji')
  await client.query(
    'create table if not exists guiji.migration (name text primary key, applied_at timestamptz not null)',
  )
  const { rows } = await client.query<{ name: string }>('select name from guiji.migration')
  return new Set(rows.map((row) => row.name))
}
