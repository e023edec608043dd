import type { Batch, Issue } from '../connector.ts'
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
import { accountsOf } from './accounts.ts'
import { takeFailedRows } from './checked-rows.ts'
import { copyIn } from './copy-in.ts'
import { type DigestSet, halvesOf, highHalf, lowHalf } from './digest-set.ts'
import { type EncodedRows, encodeRows, finishRows, type Job, rejectionOf } from './encode/row-frames.ts'
import { note } from './load-rows.ts'
import { stageColumns } from './load-tables.ts'
import type { ChunkLoader } from './read-listing.ts'
import { keyItems, type RunContext } from './run-context.ts'

/**
 * What is to be done with a staged row, one letter in `_action`:
 * i insert · u update · = held as it is · s same content, new digest · r return from the gone twin as it was ·
 * R return changed.
 */
export type Action = 'i' | 'u' | '=' | 's' | 'r' | 'R'

/**
 * Loads chunks of a listing against rows that are held: records whose digest is known are passed over undecoded;
 * the others are decoded, staged, checked and told apart by what the store holds under their identity.
 */
export function deltaLoader(context: RunContext, known: DigestSet | undefined): ChunkLoader {
  return (batch, digests, chunk) => {
    const sorted = sortOut(context, batch, digests, known)
    if (sorted.fresh.length === 0) return async () => accountsOf(sorted)
    const { listing, encoder } = context
    const keys = keyItems(context)
    const indexes = sorted.fresh
    const job: Job = { listing, batch, digests, indexes, encoder, keyItems: keys, trailing: 'whole', chunk }
    const encoded = encodeRows(job)
    return async () => {
      const done = await stage(context, job, encoded)
      return accountsOf({
        ...done,
        unchanged: sorted.unchanged + done.unchanged,
        rejected: sorted.rejected + done.rejected,
        duplicate: sorted.duplicate + done.duplicate,
      })
    }
  }
}

/** Loads the new records of one chunk, takes out what does not fit, and tells the rest apart. */
async function stage(context: RunContext, job: Job, encoded: EncodedRows) {
  const { client, encoder } = context
  const table = loadTable(context.runId)
  const rows = await finishRows(client, job, encoded)
  const columns = columnList([...encoder.items, ...stageColumns])
  const statement = `copy ${table} (${columns}) from stdin (format binary)`
  await context.times.of('copy', () => copyIn(client, statement, rows.frames))
  const begun = performance.now()
  const failed = await takeFailedRows(client, table, job.chunk, context.checks)
  const repeated = await takeRepeated(context, job.chunk)
  const told = await tellApart(context, job.chunk)
  context.times.add('check', performance.now() - begun)
  const bad = [...failed, ...repeated.different].map((row) => rejectionOf(job, row.index, row.issue))
  const { rejected, duplicate } = note(context, [...rows.rejections, ...bad])
  return { ...told, rejected, duplicate: duplicate + repeated.same }
}

function sortOut(context: RunContext, batch: Batch, digests: BigInt64Array, known: DigestSet | undefined) {
  const halves = halvesOf(digests)
  const fresh: number[] = []
  let unchanged = 0n
  let rejected = 0n
  let duplicate = 0n
  for (let index = 0; index < batch.count; index += 1) {
    const sighting = known?.see(halves[index * 2 + lowHalf] ?? 0, halves[index * 2 + highHalf] ?? 0) ?? 'new'
    if (sighting === 'new') fresh.push(index)
    else if (sighting === 'unchanged') unchanged += 1n
    else if (sighting === 'rejected' && context.rejections.addKnown(digests[index] ?? 0n)) rejected += 1n
    else duplicate += 1n
  }
  return { fresh, unchanged, rejected, duplicate }
}

/** Rows of the chunk whose identity stood earlier in this listing: the first one counts. */
async function takeRepeated(
  context: RunContext,
  chunk: number,
): Promise<{ same: bigint; different: { index: number; issue: Issue }[] }> {
  const table = loadTable(context.runId)
  const { rows } = await context.client.query<{ index: number; same: boolean; key: string }>(
    `delete from ${table} later using (
       select distinct on (c.ctid) c.ctid as id, e.${quote(digestColumn)} as digest
       from ${table} c join ${table} e on ${sameIdentity(context.layout, 'c', 'e')}
         and (e._chunk, e._seq) < (c._chunk, c._seq)
       where c._chunk = $1 order by c.ctid, e._chunk, e._seq
     ) first
     where later.ctid = first.id
     returning later._seq as index, later.${quote(digestColumn)} = first.digest as same, ${keyText(context, 'later')} as key`,
    [chunk],
  )
  const different = rows.filter((row) => !row.same).sort((left, right) => left.index - right.index)
  return {
    same: BigInt(rows.length - different.length),
    different: different.map((row) => ({ index: row.index, issue: conflictIssue(row.key) })),
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

/** Gives every staged row of the chunk its action. A gone row may bear the digest of an older mapping: contents tell. */
async function tellApart(context: RunContext, chunk: number) {
  const { client, layout } = context
  const table = loadTable(context.runId)
  const digest = quote(digestColumn)
  const { rows } = await client.query<{ action: Action; count: bigint }>(
    `with told as (
       update ${table} staged set _action = f.action, _held = f.held
       from (
         select c.ctid as id, s.${digest} as held, case
           when s.${digest} is not null then ${heldAction(context)}
           when g.${digest} is not null then case when ${sameContent(layout, 'g', 'c')} then 'r' else 'R' end
           else 'i' end as action
         from ${table} c left join ${storeTable(layout)} s on ${sameIdentity(layout, 's', 'c')}
           left join ${goneTable(layout)} g on ${sameIdentity(layout, 'g', 'c')}
         where c._chunk = $1) f
       where staged.ctid = f.id returning staged._action)
     select _action as action, count(*) as count from told group by 1`,
    [chunk],
  )
  const counts = new Map(rows.map((row) => [row.action, row.count]))
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
