import pg from 'pg'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { nearestNames } from '../../src/records/nearest-names.ts'
import type { Connection } from './client.ts'

/** A table, view or query that can stand in a FROM clause, with its columns. */
export interface Relation {
  /** For messages: the table as written, or the beginning of the query. */
  readonly object: string
  /** SQL that stands after `from`. */
  readonly from: string
  readonly columns: readonly Column[]
}

export interface Column {
  readonly name: string
  /** pg_type.oid of the type, of the base type for a domain. */
  readonly type: number
  /** The type as the source prints it, e.g. `character varying(20)`. */
  readonly sourceType: string
}

/** Looks up what `read` names. Throws SOURCE_TABLE_UNKNOWN with the nearest name, SOURCE_QUERY_FAILED and others. */
export async function findRelation(
  connection: Connection,
  read: Readonly<Record<string, unknown>>,
): Promise<Relation> {
  if (typeof read.query === 'string') {
    const query = read.query.replace(/[;\s]+$/, '')
    // The line break ends a comment on the last line of the query.
    return describe(connection, `query "${query.slice(0, 80)}"`, `(\n${query}\n) as q`)
  }
  const table = String(read.table)
  return describe(connection, table, await quotedTable(connection, table))
}

/**
 * Names are matched as whole texts against the catalogue, so no grammar of dots and quotes is needed and nothing
 * that is written can become SQL.
 */
async function quotedTable(connection: Connection, table: string): Promise<string> {
  const { rows } = await connection.query<{ schema: string; name: string }>({
    text: `select n.nspname as schema, c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f')
       and (n.nspname || '.' || c.relname = $1 or (c.relname = $1 and pg_table_is_visible(c.oid)))
     order by n.nspname || '.' || c.relname = $1 desc
     limit 1`,
    values: [table],
  })
  const found = rows[0]
  if (found) return `${pg.escapeIdentifier(found.schema)}.${pg.escapeIdentifier(found.name)}`
  throw new GuijiError('SOURCE_TABLE_UNKNOWN', {
    source: connection.undertaking.source,
    table,
    nearest: nearestNames(table, await visibleTables(connection)).join(', ') || '-',
  })
}

async function visibleTables(connection: Connection): Promise<readonly string[]> {
  const { rows } = await connection.query<{ name: string }>({
    text: `select n.nspname || '.' || c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f')
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     order by 1
     limit 10000`,
  })
  return rows.map((row) => row.name)
}

/**
 * A named statement goes through the extended protocol, which takes one statement only: a query that hides a
 * second statement is refused here, before it could reach COPY, which must use the simple protocol.
 */
async function describe(connection: Connection, object: string, from: string): Promise<Relation> {
  const { fields } = await connection.query(
    { name: 'guiji_describe', text: `select * from ${from} limit 0` },
    { object },
  )
  // Two plain unnests side by side, because relatives of PostgreSQL do not know unnest(a, b) with ordinality.
  const { rows } = await connection.query<{ name: string }>({
    text: 'select format_type(unnest($1::oid[]), unnest($2::int[])) as name',
    values: [fields.map((field) => field.dataTypeID), fields.map((field) => field.dataTypeModifier)],
  })
  const columns = fields.map((field, index) => ({
    name: field.name,
    type: field.dataTypeID,
    sourceType: rows[index]?.name ?? 'unknown',
  }))
  return { object, from, columns }
}
