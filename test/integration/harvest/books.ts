import type pg from 'pg'
import { accountNames } from '../../../src/harvest/accounts.ts'
import { quote } from '../../../src/store/identifiers.ts'

export type Row = Readonly<Record<string, string | null>>

/** Rows of a table as texts, sorted; instants in UTC. */
export async function rowsOf(pool: pg.Pool, table: string, columns: readonly string[]): Promise<Row[]> {
  const list = columns.map((name) => `${quote(name)}::text`).join(', ')
  const { rows } = await pool.query<Row>(`select ${list} from ${table}`)
  return sorted(rows)
}

export function sorted<Value>(rows: readonly Value[]): Value[] {
  return rows
    .map((row): [string, Value] => [JSON.stringify(row), row])
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, row]) => row)
}

/** Where every row of the store table lies: differs as soon as anything was written. */
export async function versionsOf(pool: pg.Pool, code: string): Promise<string[]> {
  const { rows } = await pool.query<{ version: string }>(
    `select tableoid::text || ' ' || ctid::text || ' ' || xmin::text || ' ' || xmax::text as version
     from store.${quote(code)} order by 1`,
  )
  return rows.map((row) => row.version)
}

export interface OpenReject {
  readonly raw: string
  readonly reason: string
  readonly column: string | null
  readonly place: { readonly file?: string; readonly line?: number; readonly index?: number }
}

export async function openRejects(pool: pg.Pool, code: string): Promise<OpenReject[]> {
  const { rows } = await pool.query<{ raw: Buffer } & Omit<OpenReject, 'raw'>>(
    `select r.raw, r.reason, r.column_name as column, r.place from guiji.reject r
     join guiji.dataset d on d.id = r.dataset_id where d.code = $1 and r.closed_at is null`,
    [code],
  )
  return sorted(rows.map((row) => ({ ...row, raw: row.raw.toString('latin1') })))
}

/** What is wrong with the books of a dataset: held, ledger and state against `count(*)`; empty when all agrees. */
export async function faultsOf(pool: pg.Pool, code: string): Promise<string[]> {
  const sums = accountNames.map((name) => `coalesce(sum(l.${name}), 0)::bigint as ${name}`).join(', ')
  const { rows } = await pool.query<Record<string, bigint>>(
    `select ${sums}, t.held, t.received, t.open_rejects,
       (select count(*) from store.${quote(code)}) as counted,
       (select count(*) from guiji.reject r where r.dataset_id = d.id and r.closed_at is null) as open
     from guiji.dataset d join guiji.dataset_state t on t.dataset_id = d.id
       left join (guiji.ledger l join guiji.run u on u.id = l.run_id and u.state = 'succeeded') on l.dataset_id = d.id
     where d.code = $1 group by d.id, t.held, t.received, t.open_rejects`,
    [code],
  )
  const row = rows[0] ?? {}
  const n = (name: string) => row[name] ?? -1n
  const equations: [string, bigint, bigint][] = [
    ['count(*) = held', n('counted'), n('held')],
    ['ledger = held', n('inserted') + n('restored') - n('deleted'), n('held')],
    ['ledger = received', n('inserted') + n('updated'), n('received')],
    ['read', n('read'), n('accepted') + n('rejected') + n('duplicate')],
    ['accepted', n('accepted'), n('inserted') + n('updated') + n('unchanged')],
    ['open rejects', n('open'), n('open_rejects')],
  ]
  const faults = equations.filter(([, a, b]) => a !== b).map(([name, a, b]) => `${name}: ${a} is not ${b}`)
  return [...faults, ...(await leftovers(pool))]
}

/** Tables that no run under way or waiting needs. */
async function leftovers(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'load' and c.relkind in ('r', 'p') and not exists (
       select from guiji.run u where u.state in ('running', 'publishing', 'awaiting-approval')
         and c.relname ~ ('^r' || u.id || '(_|$)'))`,
  )
  return rows.map((row) => `load.${row.name} was left`)
}
