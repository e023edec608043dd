import type { Discovered, DiscoveredField } from '../../src/connector.ts'
import type { Connection } from './client.ts'
import { itemType } from './types.ts'

interface ColumnRow extends Record<string, unknown> {
  readonly schema: string
  readonly relation: string
  readonly relation_title: string | null
  readonly column: string
  readonly column_title: string | null
  readonly source_type: string
  readonly type: number
  readonly nullable: boolean
  readonly key: boolean
}

/** Tables and views that the user may read, with the columns it may read. Estimates of rows are not asked for. */
export async function* discoverTables(connection: Connection): AsyncGenerator<Discovered> {
  const { rows } = await connection.query<ColumnRow>({ text: columnsText(connection.server.number) })
  let from = 0
  for (let to = 1; to <= rows.length; to++) {
    const first = rows[from]
    if (first && rows[to]?.schema === first.schema && rows[to]?.relation === first.relation) continue
    if (first) yield table(first, rows.slice(from, to))
    from = to
  }
}

function table(first: ColumnRow, columns: readonly ColumnRow[]): Discovered {
  const name = `${first.schema}.${first.relation}`
  return {
    name,
    ...(first.relation_title === null ? {} : { title: first.relation_title }),
    read: { table: name },
    fields: columns.map(field),
  }
}

function field(row: ColumnRow): DiscoveredField {
  return {
    name: row.column,
    ...(row.column_title === null ? {} : { title: row.column_title }),
    sourceType: row.source_type,
    type: itemType(row.type),
    nullable: row.nullable,
    key: row.key,
  }
}

/** Partitions are read through their parent; servers before 10 have none. */
function columnsText(server: number): string {
  return `
    select n.nspname as schema, c.relname as relation, obj_description(c.oid, 'pg_class') as relation_title,
           a.attname as column, col_description(c.oid, a.attnum) as column_title,
           format_type(a.atttypid, a.atttypmod) as source_type,
           (case when t.typtype = 'd' then t.typbasetype else t.oid end)::bigint::int as type,
           not a.attnotnull as nullable,
           coalesce(a.attnum = any(i.indkey), false) as key
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      ${server >= 100000 ? 'and not c.relispartition' : ''}
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and has_schema_privilege(n.oid, 'usage')
      and has_column_privilege(c.oid, a.attnum, 'select')
    order by n.nspname, c.relname, a.attnum`
}
