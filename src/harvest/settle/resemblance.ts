import { quote } from '../../store/identifiers.ts'
import { digestColumn, type Layout, storeTable } from '../../store/layout.ts'
import type { Settlement } from './settlement.ts'
import { unreadableSince } from './unreadable.ts'
import { vanishedTable } from './vanished.ts'

/** More comparisons than this are not made: then every vanished row counts as doubtful. */
const mostComparisons = 5_000_000
/** Shorter values (codes, yes and no) stand in many records and show nothing. */
const shortest = 4

interface Row {
  readonly digest: bigint
  readonly key: readonly string[]
  readonly values: readonly string[]
}

/**
 * Vanished rows that may be a record of the listing whose key could not be read: its text holds the row's whole
 * key, or at least half of the row's telling values, or the row has nothing telling. It is not proven gone.
 */
export async function doubtfulRows(settlement: Settlement): Promise<'all' | readonly bigint[]> {
  const texts = await unreadableTexts(settlement)
  if (texts.length === 0) return []
  const count = await countVanished(settlement)
  if (count * texts.length > mostComparisons) return 'all'
  const rows = await vanishedRows(settlement)
  return rows.filter((row) => texts.some((text) => resembles(row, text))).map((row) => row.digest)
}

export function resembles(row: Pick<Row, 'key' | 'values'>, text: string): boolean {
  const keyLength = row.key.reduce((length, part) => length + part.length, 0)
  if (keyLength >= shortest && row.key.every((part) => text.includes(part))) return true
  const telling = row.values.filter((value) => value.length >= shortest)
  if (telling.length === 0 && keyLength < shortest) return true
  const found = telling.filter((value) => text.includes(value)).length
  return found > 0 && found * 2 >= telling.length
}

/** The records newly rejected without a key that can be read, as text: UTF-8, or else GB18030. */
async function unreadableTexts({ client, runId, datasetId, layout }: Settlement): Promise<string[]> {
  const { rows } = await client.query<{ raw: Buffer }>(`select r.raw ${unreadableSince(layout, '$2')}`, [
    datasetId,
    runId,
  ])
  return rows.map((row) => decode(row.raw))
}

function decode(raw: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    return new TextDecoder('gb18030').decode(raw)
  }
}

async function countVanished({ client, runId }: Settlement): Promise<number> {
  const { rows } = await client.query<{ count: bigint }>(
    `select count(*) as count from ${vanishedTable(runId)}`,
  )
  return Number(rows[0]?.count ?? 0n)
}

async function vanishedRows({ client, runId, layout }: Settlement): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `select v.digest, ${textArray(layout.keyed ? layout.identity : [])} as key,
       ${textArray(layout.columns.map((column) => column.name))} as values
     from ${vanishedTable(runId)} v join ${storeTable(layout)} s on s.${quote(digestColumn)} = v.digest`,
  )
  return rows
}

function textArray(names: Layout['identity']): string {
  const texts = names.map((name) => `s.${quote(name)}::text`).join(', ')
  return `array_remove(array[${texts}]::text[], null)`
}
