import type pg from 'pg'

/** Months looked at first, those made ahead among them. */
const recentMonths = 5

/**
 * Reads a page of the newest rows: from the last months alone where these fill it, else from all of the history.
 * `ask` reads rows of runs numbered `since` or higher, newest first.
 */
export async function newestFirst<Row>(
  pool: pg.Pool,
  limit: number,
  ask: (since: bigint) => Promise<Row[]>,
): Promise<Row[]> {
  const { rows } = await pool.query<{ since: bigint }>(
    'select from_run as since from guiji.history_month order by month desc offset $1 limit 1',
    [recentMonths - 1],
  )
  const since = rows[0]?.since
  if (since === undefined) return await ask(0n)
  const recent = await ask(since)
  return recent.length >= limit ? recent : await ask(0n)
}
