import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { quote } from '../../store/identifiers.ts'
import { digestColumn, type Layout, storeTable } from '../../store/layout.ts'
import { type Halves, halvesOf } from './halves.ts'
import { readListingPages } from './listing-pages.ts'
import { noPages, type OldPages } from './page-order.ts'
import { DigestCollector, type StoredDigests } from './stored-digests.ts'

/** Reasons that depend on other records of the listing: such a record is judged anew each time. */
const relative = ['key-conflict']

export interface FetchedDigests {
  readonly stored: StoredDigests
  /** In what pages their order is kept; none where it was not known and the table was read instead. */
  readonly pages: OldPages
  /** Of the open rejects made under the same seed. */
  readonly rejects: Halves
}

export interface FetchOptions {
  readonly layout: Layout
  readonly datasetId: bigint
  readonly seed: string
  readonly held: bigint
  /** How many digests may be held in memory; for tests. */
  readonly limit?: number
}

/**
 * Fetches the digests of the stored rows: in the order of the listing they came from where that is on record (8 bytes
 * a row), else from the table itself, in its own order.
 */
export async function fetchKnown(client: pg.ClientBase, options: FetchOptions): Promise<FetchedDigests> {
  const { datasetId, held, limit } = options
  const collector = () => new DigestCollector(Number(held), limit)
  const ordered = await readListingPages(client, { datasetId, held }, collector)
  const rejects = await fetchRejects(client, options)
  if (ordered !== undefined) return { ...ordered, rejects }
  return { stored: await readTable(client, options.layout, collector()), pages: noPages, rejects }
}

async function fetchRejects(client: pg.ClientBase, { datasetId, seed }: FetchOptions): Promise<Halves> {
  const { rows } = await client.query<{ digest: bigint }>(
    `select digest from guiji.reject
     where dataset_id = $1 and closed_at is null and seed = $2 and reason <> all ($3::text[])`,
    [datasetId, seed, relative],
  )
  return halvesOf(BigInt64Array.from(rows, (row) => row.digest))
}

/** One-column binary COPY: 19 bytes of header, then 2 + 4 + 8 bytes a row, then two bytes -1. */
async function readTable(
  client: pg.ClientBase,
  layout: Layout,
  collector: DigestCollector,
): Promise<StoredDigests> {
  const source = client.query(
    copyTo(`copy (select ${quote(digestColumn)} from ${storeTable(layout)}) to stdout (format binary)`),
  )
  const tupleSize = 14
  let rest: Buffer = Buffer.alloc(0)
  let skip = 19
  for await (const part of source as AsyncIterable<Buffer>) {
    let data = rest.length === 0 ? part : Buffer.concat([rest, part])
    if (skip > 0) {
      const cut = Math.min(skip, data.length)
      data = data.subarray(cut)
      skip -= cut
    }
    let at = 0
    for (; at + tupleSize <= data.length; at += tupleSize)
      collector.add(data.readUInt32BE(at + 10), data.readUInt32BE(at + 6))
    rest = data.subarray(at)
  }
  return collector.finish()
}
