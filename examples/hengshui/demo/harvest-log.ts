import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'

/** One `harvest --all` of the demo, whether it came to its end or not. */
export interface Harvest {
  readonly day: number
  /** The newest run before it: those with a greater number are its own, or of a later one. */
  readonly after: string
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
  const { rows } = await pool.query<{ newest: string }>(
    'select coalesce(max(id), 0)::text as newest from guiji.run',
  )
  const after = rows[0]?.newest ?? '0'
  // What was noted beyond the newest run belongs to a store that is no more.
  const kept = about.before.filter((harvest) => BigInt(harvest.after) < BigInt(after))
  const harvests = [...kept, { day: about.day, after }]
  await writeFile(join(directory, fileName), JSON.stringify({ scale: about.scale, harvests }))
  return harvests
}

/** The day of the departments' systems that a run has read; 0 where there was no run. */
export function dayOfRun(harvests: readonly Harvest[], run: bigint | null): number {
  if (run === null) return 0
  return harvests.findLast((harvest) => BigInt(harvest.after) < run)?.day ?? 0
}
