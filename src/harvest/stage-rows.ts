import type pg from 'pg'
import type { Issue } from '../connector.ts'
import { quote } from '../store/identifiers.ts'
import {
  columnList,
  digestColumn,
  goneTable,
  type Layout,
  loadTable,
  sameIdentity,
  storeTable,
} from '../store/layout.ts'
import { type FailedRow, originColumns, type RowOrigin, takeFailedRows } from './checked-rows.ts'
import { copyIn } from './copy-in.ts'
import { type EncodedRows, finishRows } from './encode/row-frames.ts'
import { inOneGo } from './in-one-go.ts'
import { note } from './load-rows.ts'
import { stageColumns } from './load-tables.ts'
import type { Rejection } from './rejections.ts'
import { keyItems, type RunContext } from './run-context.ts'

/**
 * What is to be done with a staged row, one letter in `_action`:
 * i insert · u update · = held as it is · s same content, new digest · r return from the gone twin as it was ·
 * R return changed.
 */
export type Action = 'i' | 'u' | '=' | 's' | 'r' | 'R'

export interface Staged {
  readonly inserted: bigint
  readonly updated: bigint
  readonly restored: bigint
  readonly unchanged: bigint
  readonly rejected: bigint
  readonly duplicate: bigint
}

/** Stages the encoded records of one chunk, takes out what does not fit, and tells the rest apart. */
export async function stageRows(
  context: RunContext,
  client: pg.PoolClient,
  chunk: { readonly number: number; readonly rows: EncodedRows; readonly sent: () => void },
): Promise<Staged> {
  const { encoder, times } = context
  const table = loadTable(context.runId)
  const rows = await finishRows(client, encoder, chunk.rows)
  if (rows.count === 0) return { ...nothing, ...note(context, rows.rejections) }
  const columns = columnList([...encoder.items, ...stageColumns])
  const statement = `copy ${table} (${columns}) from stdin (format binary)`
  await times.of('copy', () => copyIn(client, statement, rows.frames, chunk.sent))
  const begun = performance.now()
  const checking = { checks: context.checks, keyItems: keyItems(context) }
  const failed = await takeFailedRows(client, table, chunk.number, checking)
  const [later = [], told = []] = await inOneGo<RepeatedRow & ToldCount>(client, [
    takeRepeated(context, chunk.number),
    tellApart(context, chunk.number),
  ])
  const repeated = repeatedOf(later)
  times.add('check', performance.now() - begun)
  const bad = [...failed, ...repeated.different].map((row) => rejectionOf(context, row))
  const { rejected, duplicate } = note(context, [...rows.rejections, ...bad])
  return { ...countsOf(told), rejected, duplicate: duplicate + repeated.same }
}

const nothing = { inserted: 0n, updated: 0n, restored: 0n, unchanged: 0n }

/** The reject of a staged row. A key that is itself at fault does not tell which row it belongs to. */
function rejectionOf(context: RunContext, { issue, origin }: FailedRow): Rejection {
  const { digest, raw, place, key } = origin
  if (raw === null || place === null) throw new Error('a staged row keeps its record')
  const keys = keyItems(context)
  const readable =
    keys.length > 0 && key.length === keys.length && !(issue.column && keys.includes(issue.column))
  return { digest, issue, place, raw, ...(readable ? { key } : {}) }
}

type RepeatedRow = RowOrigin & { readonly index: number; readonly same: boolean; readonly shown: string }

/** Takes out rows of the chunk whose identity stood earlier in this listing: the first one counts. */
function takeRepeated(context: RunContext, chunk: number): string {
  const table = loadTable(context.runId)
  return `delete from ${table} later using (
       select distinct on (c.ctid) c.ctid as id, e.${quote(digestColumn)} as digest
       from ${table} c join ${table} e on ${sameIdentity(context.layout, 'c', 'e')}
         and (e._chunk, e._seq) < (c._chunk, c._seq)
       where c._chunk = ${chunk} order by c.ctid, e._chunk, e._seq
     ) first
     where later.ctid = first.id
     returning later._seq as index, later.${quote(digestColumn)} = first.digest as same,
       ${keyText(context, 'later')} as shown, ${originColumns(keyItems(context), 'later')}`
}

function repeatedOf(rows: readonly RepeatedRow[]): { same: bigint; different: FailedRow[] } {
  const different = rows.filter((row) => !row.same).toSorted((left, right) => left.index - right.index)
  return {
    same: BigInt(rows.length - different.length),
    different: different.map(({ index, shown, same: _, ...origin }) => ({
      ...{ index, issue: conflictIssue(shown), origin },
    })),
  }
}

export function conflictIssue(key: string): Issue {
  return {
    reason: 'key-conflict',
    value: key,
    message: `key ${key} occurs more than once with different content; the first record counts`,
  }
}

function keyText(context: RunContext, alias: string): string {
  return `concat_ws(', ', ${columnList(context.layout.identity, alias)})`
}

interface ToldCount {
  readonly action: Action
  readonly count: bigint
}

/** Gives every staged row of the chunk its action. A gone row may bear the digest of an older mapping: contents tell. */
function tellApart(context: RunContext, chunk: number): string {
  const { layout } = context
  const table = loadTable(context.runId)
  const digest = quote(digestColumn)
  return `with told as (
       update ${table} staged set _action = f.action, _held = f.held
       from (
         select c.ctid as id, s.${digest} as held, case
           when s.${digest} is not null then ${heldAction(context)}
           when g.${digest} is not null then case when ${sameContent(layout, 'g', 'c')} then 'r' else 'R' end
           else 'i' end as action
         from ${table} c left join ${storeTable(layout)} s on ${sameIdentity(layout, 's', 'c')}
           left join ${goneTable(layout)} g on ${sameIdentity(layout, 'g', 'c')}
         where c._chunk = ${chunk}) f
       where staged.ctid = f.id returning staged._action)
     select _action as action, count(*) as count from told group by 1`
}

function countsOf(told: readonly ToldCount[]) {
  const counts = new Map(told.map((row) => [row.action, row.count]))
  const of = (action: Action) => counts.get(action) ?? 0n
  return {
    inserted: of('i'),
    updated: of('u') + of('R'),
    restored: of('r') + of('R'),
    unchanged: of('=') + of('s') + of('r'),
  }
}

function heldAction(context: RunContext): string {
  const digest = quote(digestColumn)
  const content = context.reseeded
    ? `when ${sameContent(context.layout, 's', 'c')} then 's'`
    : `when s.${digest} = c.${digest} then '='`
  return `case ${content} else 'u' end`
}

function sameContent(layout: Layout, left: string, right: string): string {
  const names = layout.columns.map((column) => column.name)
  return `(${columnList(names, left)}) is not distinct from (${columnList(names, right)})`
}
