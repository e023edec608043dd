import type pg from 'pg'

/** Runs `work` in one transaction of `client`: all of it commits, or none. */
export async function inTransaction<Result>(
  client: pg.ClientBase,
  work: () => Promise<Result>,
): Promise<Result> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    // The connection may be what failed; the first error is the one that tells.
    await client.query('rollback').catch(() => {})
    throw error
  }
}
