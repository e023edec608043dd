import type pg from 'pg'
import { type ItemType, itemTypes } from '../../../catalog-schema/vocabulary/item-types.ts'
import type { Issue } from '../../connector.ts'
import { isDeep } from './encoders.ts'
import { momentWords } from './moment-words.ts'
import { type FieldValue, type OddRecord, type RecordEncoder, shorten } from './record-encoder.ts'

/**
 * Asks PostgreSQL what it makes of texts that the fast encoders did not know (`2025-6-1`, `20250601`, `1e3`), so
 * that every lane accepts exactly what PostgreSQL's own input does. Each record comes back with such texts in
 * PostgreSQL's binary form, or with the issue of the first text that is no value of its type.
 */
export async function judgeOddRecords(
  client: pg.ClientBase,
  encoder: RecordEncoder,
  records: readonly OddRecord[],
): Promise<(FieldValue[] | Issue)[]> {
  const answers = records.map((record): FieldValue[] => [...record.values])
  const issues = new Map<number, Issue>()
  for (const type of new Set(encoder.types)) {
    const asked = records.flatMap((record, number) =>
      record.odd
        .filter((at) => encoder.types[at] === type)
        .map((at) => ({ number, at, text: record.values[at] ?? '' })),
    )
    if (asked.length === 0) continue
    const sent = await binaryForms(
      client,
      type,
      asked.map((ask) => ask.text),
    )
    asked.forEach(({ number, at, text }, index) => {
      const answer = sent[index]
      const values = answers[number]
      if (values !== undefined && answer !== null && answer !== undefined) values[at] = answer
      else if (!issues.has(number)) issues.set(number, typeIssue(encoder.items[at] ?? '', text, type))
    })
  }
  return answers.map((values, number) => issues.get(number) ?? values)
}

/** The functions by which PostgreSQL itself writes a value in binary form. */
const senders: Readonly<Record<ItemType, string>> = {
  text: 'textsend',
  integer: 'int8send',
  decimal: 'numeric_send',
  boolean: 'boolsend',
  date: 'date_send',
  time: 'time_send',
  datetime: 'timestamp_send',
  instant: 'timestamptz_send',
  uuid: 'uuid_send',
  json: 'jsonb_send',
}

async function binaryForms(
  client: pg.ClientBase,
  type: ItemType,
  texts: readonly string[],
): Promise<(Buffer | null)[]> {
  const sqlType = itemTypes[type]
  const { rows } = await client.query<{ sent: Buffer | null }>(
    `select case when pg_input_is_valid(t.text, $2) then ${senders[type]}(t.text::${sqlType}) end as sent
     from unnest($1::text[]) with ordinality as t (text, n) order by t.n`,
    [texts.map((text) => (isValue(type, text) ? text : 'no value')), sqlType],
  )
  return rows.map((row) => row.sent)
}

/** False for what PostgreSQL would read but a record cannot mean, and for what would break the question itself. */
function isValue(type: ItemType, text: string): boolean {
  return type === 'json' ? !isDeep(text) : !momentWords.test(text)
}

export function typeIssue(column: string, text: string, type: ItemType): Issue {
  return {
    reason: 'type',
    column,
    value: shorten(text),
    message: `${column} is "${shorten(text)}", expected ${type}`,
  }
}
