import type pg from 'pg'
import type { Batch, Issue } from '../connector.ts'
import { quote } from '../store/identifiers.ts'
import { allPass, type Check, firstFailed } from './checks.ts'
import { shorten } from './encode/record-encoder.ts'

export interface FailedRow {
  /** Position of the record in its batch. */
  readonly index: number
  readonly issue: Issue
}

/** Takes the rows of one chunk that fail a check out of `table` and says of each which check it failed first. */
export async function takeFailedRows(
  client: pg.ClientBase,
  table: string,
  chunk: number,
  checks: readonly Check[],
): Promise<FailedRow[]> {
  const pass = allPass(checks)
  if (pass === undefined) return []
  const { rows } = await client.query<{ index: number; failed: number; value: string | null }>(
    `delete from ${table} where _chunk = $1 and not (${pass})
     returning _seq as index, ${firstFailed(checks)} as failed, ${failedValue(checks)} as value`,
    [chunk],
  )
  return rows
    .sort((left, right) => left.index - right.index)
    .map((row) => ({ index: row.index, issue: issueOf(checks[row.failed], row.value) }))
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
