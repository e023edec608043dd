import type pg from 'pg'
import { changesBetween } from '../generator/expected-changes.ts'
import { datasets } from '../list/the-list.ts'

interface Found {
  readonly code: string
  readonly inserted: bigint
  readonly updated: bigint
  readonly deleted: bigint
  readonly restored: bigint
  readonly held_after: bigint
}

export interface Difference {
  readonly dataset: string
  readonly what: string
  readonly found: bigint
  readonly expected: bigint
}

/** Holds the newest run of every dataset against the changes the generator says it made; empty: all agree. */
export async function compareRuns(
  pool: pg.Pool,
  days: { readonly from: number; readonly to: number; readonly scale: number },
): Promise<Difference[]> {
  const { rows } = await pool.query<Found>(
    `select distinct on (d.code) d.code, r.inserted, r.updated, r.deleted, r.restored, r.held_after
     from guiji.run r join guiji.dataset d on d.id = r.dataset_id order by d.code, r.id desc`,
  )
  const found = new Map(rows.map((row) => [row.code, row]))
  return datasets.flatMap((dataset) => {
    const expected = changesBetween(dataset, days.from, days.to, days.scale)
    const run = found.get(dataset.code)
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
