import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'

/** One `harvest --all` of the demo, whether it came to its end or not. */
export interface Harvest {
  readonly day: number
  /**
   * When it began, by the store's clock: runs that finished later are its own, or of a later one. Their numbers do not
   * tell, as a harvest that was stopped leaves queued runs to the next.
   */
  readonly began: string
}

interface HarvestLog {
  readonly scale: number
  readonly harvests: readonly Harvest[]
}

const fileName = 'harvests.json'

/** The harvests of the demo so far at this scale, oldest first. */
export async function harvestsSoFar(directory: string, scale: number): Promise<readonly Harvest[]> {
  try {
    const log: HarvestLog = JSON.parse(await readFile(join(directory, fileName), 'utf8'))
    if (log.scale === scale) return log.harvests
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  throw new Error(
    `the example was harvested at another scale; remove ${directory} and the workspace beside it to begin anew`,
  )
}

/** Notes that a harvest begins: one that is stopped halfway has changed some datasets too. */
export async function beginHarvest(
  pool: pg.Pool,
  directory: string,
  about: { readonly scale: number; readonly day: number; readonly before: readonly Harvest[] },
): Promise<readonly Harvest[]> {
  const { rows } = await pool.query<{ now: Date; newest: Date | null }>(
    'select clock_timestamp() as now, max(finished_at) as newest from guiji.run',
  )
  const [{ now, newest } = { now: new Date(), newest: null }] = rows
  // What was noted beyond the newest run belongs to a store that is no more.
  const kept = about.before.filter(({ began }) => newest !== null && new Date(began) < newest)
  const harvests = [...kept, { day: about.day, began: now.toISOString() }]
  await writeFile(join(directory, fileName), JSON.stringify({ scale: about.scale, harvests }))
  return harvests
}

/** The day of the departments' systems that a run has read which finished then; 0 where there was no run. */
export function dayOfRun(harvests: readonly Harvest[], finished: Date | null): number {
  if (finished === null) return 0
  return harvests.findLast(({ began }) => new Date(began) < finished)?.day ?? 0
}
