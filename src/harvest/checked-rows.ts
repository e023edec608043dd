import type pg from 'pg'
import type { Batch, Issue, Place } from '../connector.ts'
import { quote } from '../store/identifiers.ts'
import { digestColumn } from '../store/layout.ts'
import { allPass, type Check, firstFailed } from './checks.ts'
import { isDataError } from './copy-in.ts'
import { shorten } from './encode/record-encoder.ts'
import { inOneGo } from './in-one-go.ts'

export interface FailedRow {
  /** Position of the record in its chunk. */
  readonly index: number
  readonly issue: Issue
  readonly origin: RowOrigin
}

/** What a row of a load table still knows of its record; raw bytes and place only where they were kept with it. */
export interface RowOrigin {
  readonly digest: bigint
  readonly raw: Buffer | null
  readonly place: Place | null
  /** Texts of the key; empty where the list names none. */
  readonly key: readonly string[]
}

/** The columns of `RowOrigin` of the row `alias`. */
export function originColumns(keyItems: readonly string[], alias: string): string {
  const key = keyItems.map((name) => `${alias}.${quote(name)}::text`).join(', ')
  return `${alias}.${quote(digestColumn)} as digest, ${alias}._raw as raw, ${alias}._place as place,
    array[${key}]::text[] as key`
}

/** Takes the rows of one chunk that fail a check out of `table` and says of each which check it failed first. */
export async function takeFailedRows(
  client: pg.ClientBase,
  table: string,
  chunk: number,
  { checks, keyItems }: Pick<Judging, 'checks' | 'keyItems'>,
): Promise<FailedRow[]> {
  const pass = allPass(checks)
  if (pass === undefined) return []
  const judging: Judging = { table, chunk, checks, keyItems, pass }
  const failed = await takeFrom(client, judging, { from: 0, until: 2 ** 31 - 1 })
  return failed.sort((left, right) => left.index - right.index)
}

interface Judging {
  readonly table: string
  readonly chunk: number
  readonly checks: readonly Check[]
  readonly keyItems: readonly string[]
  readonly pass: string
}

/** Positions `from` up to, not including, `until`. */
interface Span {
  readonly from: number
  readonly until: number
}

/** A check that cannot be computed (a division by zero) stops the statement: the record at fault is found by halving. */
async function takeFrom(client: pg.ClientBase, judging: Judging, span: Span): Promise<FailedRow[]> {
  try {
    return await takeSpan(client, judging, span)
  } catch (error) {
    if (!isDataError(error)) throw error
    await client.query('rollback to savepoint checking')
    const { table, chunk } = judging
    const { rows } = await client.query<{ seq: number }>(
      `select _seq as seq from ${table} where _chunk = $1 and _seq >= $2 and _seq < $3 order by 1`,
      [chunk, span.from, span.until],
    )
    const [first, second] = rows
    if (first !== undefined && second === undefined)
      return [await takeBroken(client, judging, first.seq, error)]
    const middle = rows[Math.floor(rows.length / 2)]?.seq ?? span.until
    const left = await takeFrom(client, judging, { from: span.from, until: middle })
    return [...left, ...(await takeFrom(client, judging, { from: middle, until: span.until }))]
  }
}

async function takeSpan(
  client: pg.ClientBase,
  { table, chunk, checks, keyItems, pass }: Judging,
  { from, until }: Span,
): Promise<FailedRow[]> {
  const [, rows] = await inOneGo<RowOrigin & { index: number; failed: number; value: string | null }>(
    client,
    [
      'savepoint checking',
      `delete from ${table} bad
     where _chunk = ${chunk} and _seq >= ${from} and _seq < ${until} and not (${pass})
     returning _seq as index, ${firstFailed(checks)} as failed, ${failedValue(checks)} as value,
       ${originColumns(keyItems, 'bad')}`,
      'release savepoint checking',
    ],
  )
  return (rows ?? []).map(({ index, failed, value, ...origin }) => ({
    index,
    issue: issueOf(checks[failed], value),
    origin,
  }))
}

async function takeBroken(
  client: pg.ClientBase,
  { table, chunk, keyItems }: Judging,
  index: number,
  error: unknown,
): Promise<FailedRow> {
  const { rows } = await client.query<RowOrigin>(
    `delete from ${table} bad where _chunk = $1 and _seq = $2 returning ${originColumns(keyItems, 'bad')}`,
    [chunk, index],
  )
  const [origin] = rows
  if (origin === undefined) throw new Error('the row at fault was just found')
  const problem = error instanceof Error ? error.message : String(error)
  return { index, issue: { reason: 'rule', message: `a check could not be computed: ${problem}` }, origin }
}

function failedValue(checks: readonly Check[]): string {
  const cases = checks.map((check) => {
    const value = check.item === undefined ? 'null' : `${quote(check.item)}::text`
    return `when not (${check.predicate}) then ${value}`
  })
  return `case ${cases.join(' ')} end`
}

function issueOf(check: Check | undefined, value: string | null): Issue {
  if (check === undefined) return { reason: 'rule', message: 'the record failed a check' }
  const found = value === null ? 'has no value' : `is "${shorten(value)}"`
  return {
    reason: check.reason,
    ...(check.item === undefined ? {} : { column: check.item }),
    ...(value === null ? {} : { value: shorten(value) }),
    message:
      check.item === undefined
        ? `rule not kept: ${check.expected}`
        : `${check.item} ${found}, expected ${check.expected}`,
  }
}

/** Bytes of the records of a batch, separators left out. */
export function recordBytes(batch: Batch): number {
  let total = 0
  for (let index = 0; index < batch.count; index += 1)
    total += (batch.ends[index] ?? 0) - (batch.starts[index] ?? 0)
  return total
}
