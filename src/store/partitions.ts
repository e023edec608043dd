import type pg from 'pg'
import { fitIdentifier, literal, qualified, quote } from './identifiers.ts'
import { type Layout, storeTable } from './layout.ts'

const nameFormat = { day: 'YYYYMMDD', month: 'YYYYMM', year: 'YYYY' } as const

/** The partition for rows without a time. */
export const restPartition = (layout: Layout): string =>
  qualified('store', fitIdentifier(`${layout.table}__other`))

/** Creates the time partitions that the rows of `relation` (those that `which` holds for) need and that are not there yet. */
export async function ensurePartitions(
  client: pg.ClientBase,
  layout: Layout,
  rows: { readonly relation: string; readonly which: string },
): Promise<void> {
  const { partition } = layout
  if (partition === undefined) return
  const by = quote(partition.by)
  const step = `interval '1 ${partition.every}'`
  const { rows: wanted } = await client.query<{ from: string; until: string; name: string }>(
    `select distinct p.start::text as from, (p.start + ${step})::text as until,
       to_char(p.start, ${literal(nameFormat[partition.every])}) as name
     from (select date_trunc(${literal(partition.every)}, ${by}::timestamp) as start
           from ${rows.relation} where (${rows.which}) and ${by} is not null) p`,
  )
  for (const { from, until, name } of wanted) {
    await client.query(
      `create table if not exists ${qualified('store', fitIdentifier(`${layout.table}__${name}`))}
       partition of ${storeTable(layout)} for values from (${literal(from)}) to (${literal(until)})`,
    )
  }
}
