import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { quote } from '../../../src/store/identifiers.ts'
import { type Life, lifeOf } from '../generator/life.ts'
import { listingOn } from '../generator/listing.ts'
import { recordReader } from '../generator/records.ts'
import type { Dataset } from '../list/types.ts'
import { blocks } from '../render/blocks.ts'
import { copyLine } from '../render/copy.ts'
import { dayChanges } from './day-changes.ts'
import { createTable, finishTable, keyFields, tableName } from './tables.ts'

export interface Target {
  readonly client: pg.ClientBase
  readonly dataset: Dataset
  readonly scale: number
  readonly signal: AbortSignal
}

/** Makes the table of a dataset anew as it stands on `day`. Within the caller's transaction. */
export async function loadTable({ client, dataset, scale, signal }: Target, day: number): Promise<void> {
  const life = lifeOf(dataset, scale)
  await client.query(`drop table if exists ${tableName(dataset)}`)
  await client.query(createTable(dataset))
  await copy(client, `${tableName(dataset)} from stdin (freeze)`, life, listingOn(life, day), day, signal)
  for (const statement of finishTable(dataset)) await client.query(statement)
}

/** Brings the table from one day to a later one, as the department's own work would. */
export async function advanceTable(target: Target, from: number, to: number): Promise<void> {
  const { client, dataset, scale, signal } = target
  const life = lifeOf(dataset, scale)
  const { fresh, vanished } = dayChanges(life, from, to)
  const table = tableName(dataset)
  const sameKey = keyFields(dataset)
    .map((field) => `old.${quote(field)} = changed.${quote(field)}`)
    .join(' and ')
  for (const entries of [vanished, fresh]) {
    if (entries.length === 0) continue
    await client.query(`create temporary table changed (like ${table}) on commit drop`)
    await copy(client, 'changed from stdin', life, entries, to, signal)
    await client.query(`delete from ${table} old using changed where ${sameKey}`)
    if (entries === fresh) await client.query(`insert into ${table} select * from changed`)
    await client.query('drop table changed')
  }
}

async function copy(
  client: pg.ClientBase,
  target: string,
  life: Life,
  entries: Float64Array,
  day: number,
  signal: AbortSignal,
): Promise<void> {
  const lines = blocks(entries, recordReader(life, day), copyLine)
  await pipeline(Readable.from(lines), client.query(copyFrom(`copy ${target}`)), { signal })
}
