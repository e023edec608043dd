import type pg from 'pg'
import { changesBetween } from '../generator/expected-changes.ts'
import { datasets } from '../list/the-list.ts'
import { dayOfRun, type Harvest } from './harvest-log.ts'

interface Found {
  readonly code: string
  readonly inserted: bigint
  readonly updated: bigint
  readonly deleted: bigint
  readonly restored: bigint
  readonly held_after: bigint
  /** When the last run before this harvest finished whose result stands. */
  readonly before: Date | null
}

export interface Difference {
  readonly dataset: string
  readonly what: string
  readonly found: bigint
  readonly expected: bigint
}

/**
 * Holds the newest run of every dataset against the changes the generator made since the last run of it that stands,
 * which differs from dataset to dataset where a harvest was stopped halfway. Empty: all agree.
 */
export async function compareRuns(
  pool: pg.Pool,
  scale: number,
  harvests: readonly Harvest[],
): Promise<Difference[]> {
  const now = harvests.at(-1)
  if (now === undefined) return []
  const { rows } = await pool.query<Found>(
    `select distinct on (d.code) d.code, r.inserted, r.updated, r.deleted, r.restored, r.held_after,
       (select max(b.finished_at) from guiji.run b
        where b.dataset_id = r.dataset_id and b.state = 'succeeded' and b.finished_at <= $1) as before
     from guiji.run r join guiji.dataset d on d.id = r.dataset_id order by d.code, r.id desc`,
    [now.began],
  )
  const found = new Map(rows.map((row) => [row.code, row]))
  return datasets.flatMap((dataset) => {
    const run = found.get(dataset.code)
    const expected = changesBetween(dataset, dayOfRun(harvests, run?.before ?? null), now.day, scale)
    const pairs: [string, bigint | undefined, bigint][] = [
      ['inserted', run?.inserted, expected.inserted],
      ['updated', run?.updated, expected.updated],
      ['deleted', run?.deleted, expected.deleted],
      ['restored', run?.restored, expected.restored],
      ['held', run?.held_after, expected.heldAfter],
    ]
    return pairs.flatMap(([what, got, wanted]) =>
      got === wanted ? [] : [{ dataset: dataset.code, what, found: got ?? -1n, expected: wanted }],
    )
  })
}
