import type pg from 'pg'
import { type ItemType, itemTypes } from '../../../catalog-schema/vocabulary/item-types.ts'
import type { Issue } from '../../connector.ts'
import { type OddRecord, type RecordEncoder, shorten } from './record-encoder.ts'

/** Words PostgreSQL reads as a moment of its own choosing; in a record they are not a value. */
export const momentWords = /\b(?:now|today|tomorrow|yesterday|epoch|infinity|inf|nan|allballs)\b/i

/**
 * Asks PostgreSQL what it makes of texts that the fast encoders did not know (`2025-6-1`, `20250601`, `1e3`), so
 * that every lane accepts exactly what PostgreSQL's own input does. Each record comes back with texts in plain
 * form, or with the issue of the first text that is no value of its type.
 */
export async function judgeOddRecords(
  client: pg.ClientBase,
  encoder: RecordEncoder,
  records: readonly OddRecord[],
): Promise<((string | null)[] | Issue)[]> {
  const answers = records.map((record) => [...record.values])
  const issues = new Map<number, Issue>()
  for (const type of new Set(encoder.types)) {
    const asked = records.flatMap((record, number) =>
      record.odd
        .filter((at) => encoder.types[at] === type)
        .map((at) => ({ number, at, text: record.values[at] ?? '' })),
    )
    if (asked.length === 0) continue
    const plain = await plainForms(
      client,
      type,
      asked.map((ask) => ask.text),
    )
    asked.forEach(({ number, at, text }, index) => {
      const answer = plain[index]
      const values = answers[number]
      if (values !== undefined && answer !== null && answer !== undefined) values[at] = answer
      else if (!issues.has(number)) issues.set(number, typeIssue(encoder.items[at] ?? '', text, type))
    })
  }
  return answers.map((values, number) => issues.get(number) ?? values)
}

async function plainForms(
  client: pg.ClientBase,
  type: ItemType,
  texts: readonly string[],
): Promise<(string | null)[]> {
  const sqlType = itemTypes[type]
  // A timestamp with zone is given back with its offset whatever the session's zone is.
  const { rows } = await client.query<{ plain: string | null }>(
    `select case when pg_input_is_valid(t.text, $2) then (t.text::${sqlType})::text end as plain
     from unnest($1::text[]) with ordinality as t (text, n) order by t.n`,
    [texts.map((text) => (momentWords.test(text) ? 'no value' : text)), sqlType],
  )
  return rows.map((row) => row.plain)
}

export function typeIssue(column: string, text: string, type: ItemType): Issue {
  return {
    reason: 'type',
    column,
    value: shorten(text),
    message: `${column} is "${shorten(text)}", expected ${type}`,
  }
}
