import { fitIdentifier, literal, qualified, quote } from '../../store/identifiers.ts'
import { loadTable, storeTable } from '../../store/layout.ts'
import type { Settlement } from './settlement.ts'

/** Creates the time partitions that the staged rows need and that are not there yet. */
export async function ensurePartitions({ client, layout, runId }: Settlement): Promise<void> {
  const { partition } = layout
  if (partition === undefined) return
  const by = quote(partition.by)
  const step = `interval '1 ${partition.every}'`
  const { rows } = await client.query<{ from: string; until: string; name: string }>(
    `select distinct p.start::text as from, (p.start + ${step})::text as until,
       to_char(p.start, ${literal(nameFormat[partition.every])}) as name
     from (select date_trunc(${literal(partition.every)}, ${by}::timestamp) as start
           from ${loadTable(runId)} where _action in ('i', 'r', 'R', 'u') and ${by} is not null) p`,
  )
  for (const row of rows) {
    const name = fitIdentifier(`${layout.table}__${row.name}`)
    await client.query(
      `create table if not exists ${qualified('store', name)} partition of ${storeTable(layout)}
       for values from (${literal(row.from)}) to (${literal(row.until)})`,
    )
  }
}

const nameFormat = { day: 'YYYYMMDD', month: 'YYYYMM', year: 'YYYY' } as const
