import type pg from 'pg'
import type { DatasetDocument, HarvestDocument } from '../catalog-schema/documents/documents.ts'
import type { Batch, Listing, SourceSession } from '../src/connector.ts'
import { takeFailedRows } from '../src/harvest/checked-rows.ts'
import { checksOf } from '../src/harvest/checks.ts'
import { copyIn } from '../src/harvest/copy-in.ts'
import { createRecordEncoder, mappingOf } from '../src/harvest/encode/record-encoder.ts'
import { encodeRows, finishRows, type Job, rejectionOf } from '../src/harvest/encode/row-frames.ts'
import type { Rejection } from '../src/harvest/rejections.ts'
import { quote } from '../src/store/identifiers.ts'
import { columnList, type Layout, layoutOf } from '../src/store/layout.ts'

export interface Previewed {
  /** Item codes. */
  readonly columns: readonly string[]
  /** Values as the store would show them. */
  readonly rows: readonly (readonly (string | null)[])[]
  readonly rejections: readonly Rejection[]
  readonly read: number
  /** The source has records beyond those that were read. */
  readonly more: boolean
}

export interface PreviewJob {
  readonly dataset: DatasetDocument
  readonly harvest: HarvestDocument
  /** How many source records are read. */
  readonly limit: number
  readonly signal: AbortSignal
}

const table = 'pg_temp.preview'

/**
 * Reads the first records of a harvest and makes of them what a run would: decoded, normalised, typed and checked by
 * the store itself, in a temporary table of a transaction that is rolled back. Nothing is written.
 */
export async function previewRecords(
  client: pg.ClientBase,
  session: SourceSession,
  job: PreviewJob,
): Promise<Previewed> {
  const { dataset, harvest, limit, signal } = job
  const fields = [...new Set(dataset.items.map((item) => mappingOf(harvest, item.code).from))]
  await using listing = await session.list({ read: harvest.read, fields, onlyNew: false, signal })
  const layout = layoutOf(dataset)
  const rejections: Rejection[] = []
  let read = 0
  let more = false
  await client.query('begin')
  try {
    await client.query(`select set_config('timezone', $1, true)`, [dataset.commitment.timeZone])
    await createTable(client, layout)
    let chunk = 0
    for await (const batch of listing.batches()) {
      const wanted = Math.min(batch.count, limit - read)
      more = wanted < batch.count || read >= limit
      if (wanted > 0)
        rejections.push(...(await loadChunk(client, { job, layout, listing, batch, wanted, chunk })))
      read += wanted
      chunk += 1
      if (more) break
    }
    return {
      columns: layout.columns.map(({ name }) => name),
      rows: await readRows(client, layout),
      rejections: inOrder(rejections),
      read,
      more,
    }
  } finally {
    await client.query('rollback')
  }
}

async function createTable(client: pg.ClientBase, layout: Layout): Promise<void> {
  const columns = layout.columns.map(({ name, type }) => `${quote(name)} ${type}`)
  await client.query(
    `create temp table preview (${columns.join(', ')}, _digest bigint, _chunk int, _seq int, _raw bytea, _place jsonb)
       on commit drop`,
  )
}

async function loadChunk(
  client: pg.ClientBase,
  part: {
    readonly job: PreviewJob
    readonly layout: Layout
    readonly listing: Listing
    readonly batch: Batch
    readonly wanted: number
    readonly chunk: number
  },
): Promise<Rejection[]> {
  const { job, layout, listing, batch, wanted, chunk } = part
  const encoder = createRecordEncoder(job.dataset, job.harvest, listing.fields)
  // Digests tell records apart between runs; a preview compares with nothing.
  const digests = new BigInt64Array(batch.count)
  const keyItems = layout.keyed ? layout.identity : []
  const indexes = Array.from({ length: wanted }, (_, index) => index)
  const rows: Job = { listing, batch, digests, encoder, keyItems, indexes, trailing: 'position', chunk }
  const { frames, rejections } = await finishRows(client, encoder, await encodeRows(rows))
  const columns = columnList([...encoder.items, '_digest', '_chunk', '_seq'])
  await copyIn(client, `copy ${table} (${columns}) from stdin (format binary)`, frames)
  const failed = await takeFailedRows(client, table, chunk, { checks: checksOf(job.dataset), keyItems })
  return [...rejections, ...failed.map(({ index, issue }) => rejectionOf(rows, index, issue))]
}

async function readRows(client: pg.ClientBase, layout: Layout): Promise<(string | null)[][]> {
  const texts = layout.columns.map(({ name }) => `${quote(name)}::text`)
  const { rows } = await client.query<{ values: (string | null)[] }>(
    `select array[${texts.join(', ')}] as values from ${table} order by _chunk, _seq`,
  )
  return rows.map(({ values }) => values)
}

/** As they stand in the source: checks that PostgreSQL makes come after those made before it. */
function inOrder(rejections: readonly Rejection[]): Rejection[] {
  const at = ({ place }: Rejection) => [place.page ?? 0, place.line ?? 0, place.index ?? 0] as const
  return rejections.toSorted((one, other) => {
    const [a, b] = [at(one), at(other)]
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
  })
}
