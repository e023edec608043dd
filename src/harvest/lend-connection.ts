import type pg from 'pg'

import { isPassing } from './lifecycle/patiently.ts'
import { sessionName } from './lifecycle/session-name.ts'
import type { ClaimedRun } from './run-record.ts'

/**
 * Another connection of the pool for a run that already has one, only where it is there at once: a run that waited
 * for it while it holds the first could wait for ever. Its session reads times in `zone`.
 */
export async function lendConnection(
  pool: pg.Pool,
  zone: string,
  run: ClaimedRun,
): Promise<pg.PoolClient | undefined> {
  const spare = pool.idleCount > 0 || pool.totalCount < (pool.options.max ?? 0)
  if (!spare || pool.waitingCount > 0) return undefined
  const client = await pool.connect().catch((error) => {
    // The server has no other one to give: the run goes on with what it has.
    if (isPassing(error)) return undefined
    throw error
  })
  if (client === undefined) return undefined
  await prepareSession(client, zone)
  await nameSession(client, run)
  return client
}

/**
 * What a run's session needs: times without a zone are read in the dataset's own, and a few changed rows are looked up
 * by index rather than by reading the whole table (the default cost of a random page is that of a turning disk).
 */
export async function prepareSession(client: pg.ClientBase, zone: string): Promise<void> {
  await client.query(
    `select set_config('timezone', $1, false), set_config('random_page_cost', '1.1', false)`,
    [zone],
  )
}

/** Makes the session known as the run's: for those who look after it, and for people who look into the store. */
export async function nameSession(client: pg.ClientBase, run: ClaimedRun): Promise<void> {
  await client.query(`select set_config('application_name', $1, false)`, [sessionName(run)])
}
