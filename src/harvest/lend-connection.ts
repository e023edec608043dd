import type pg from 'pg'

/**
 * Another connection of the pool for a run that already has one, only where it is there at once: a run that waited
 * for it while it holds the first could wait for ever. Its session reads times in `zone`.
 */
export async function lendConnection(pool: pg.Pool, zone: string): Promise<pg.PoolClient | undefined> {
  const spare = pool.idleCount > 0 || pool.totalCount < (pool.options.max ?? 0)
  if (!spare || pool.waitingCount > 0) return undefined
  const client = await pool.connect()
  await prepareSession(client, zone)
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
