import { endianness } from 'node:os'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { literal } from '../../store/identifiers.ts'
import { copyIn } from '../copy-in.ts'
import { writeBigint, writeRaw } from '../encode/encoders.ts'
import { FrameWriter, put16 } from '../encode/frame-writer.ts'
import type { Halves } from './halves.ts'
import type { NewPage, OldPages, PageId, Pages } from './page-order.ts'
import type { DigestCollector, StoredDigests } from './stored-digests.ts'

/** Pages of one run are numbered in the order of its chunks, so many at most for each. */
const pagesOfChunk = 1n << 32n

/** Ids of the pages that end with one chunk of a run, in order. */
export function pageIds(run: bigint, chunk: number): () => PageId {
  let page = BigInt(chunk) * pagesOfChunk
  return () => {
    page += 1n
    return { run, page }
  }
}

/** Keeps pages in the caller's transaction. They count for nothing until `adoptPages`. */
export async function writePages(
  client: pg.ClientBase,
  datasetId: bigint,
  pages: readonly NewPage[],
): Promise<void> {
  if (pages.length === 0) return
  const writer = new FrameWriter()
  writer.begin()
  for (const { id, digests } of pages) {
    const at = writer.reserve(2)
    const { buffer } = writer
    put16(buffer, at, 4)
    writer.advance(2)
    writeBigint(datasetId, writer)
    writeBigint(id.run, writer)
    writeBigint(id.page, writer)
    writeRaw(bytesOf(digests), writer)
    writer.seal()
  }
  const statement = 'copy guiji.listing_page (dataset_id, run_id, page, digests) from stdin (format binary)'
  await copyIn(client, statement, writer.finish())
}

/** Forgets the pages of a run that was not published. */
export async function dropPages(client: pg.ClientBase, runId: bigint): Promise<void> {
  await client.query(
    'delete from guiji.listing_page where run_id = $1 and dataset_id = (select dataset_id from guiji.run where id = $1)',
    [runId],
  )
}

/**
 * The digests of the stored rows in the order of the last listing, where that was the run whose rows are published;
 * undefined elsewhere.
 */
export async function readListingPages(
  client: pg.ClientBase,
  about: { readonly datasetId: bigint; readonly held: bigint },
  collectorOf: () => DigestCollector,
): Promise<{ readonly stored: StoredDigests; readonly pages: OldPages } | undefined> {
  const { datasetId, held } = about
  const { rows } = await client.query<PageId>(
    `select unnest(l.page_runs) as run, unnest(l.pages) as page from guiji.listing l
       join guiji.dataset_state t on t.dataset_id = l.dataset_id and t.published_run = l.run_id
     where l.dataset_id = $1`,
    [datasetId],
  )
  if (rows.length === 0) return undefined
  const starts = new Float64Array(rows.length + 1)
  const collector = collectorOf()
  let page = 0
  const statement = `copy (select p.digests
    from guiji.listing l, unnest(l.page_runs, l.pages) with ordinality as o (run_id, page, place)
      join guiji.listing_page p
        on p.dataset_id = ${literal(String(datasetId))} and p.run_id = o.run_id and p.page = o.page
    where l.dataset_id = ${literal(String(datasetId))} order by o.place) to stdout (format binary)`
  for await (const bytes of onlyColumn(client.query(copyTo(statement)))) {
    starts[page + 1] = (starts[page] ?? 0) + addPage(collector, bytes)
    page += 1
  }
  const stored = collector.finish()
  if (page === rows.length && BigInt(stored.count) === held) return { stored, pages: { ids: rows, starts } }
  stored[Symbol.dispose]()
  return undefined
}

/** Makes pages those of the dataset, in the transaction that publishes the rows of run `runId`. */
export async function adoptPages(
  client: pg.ClientBase,
  run: { readonly runId: bigint; readonly datasetId: bigint },
  pages: Pick<Pages, 'ids' | 'dropped'>,
): Promise<void> {
  const { runId, datasetId } = run
  // Where the pages before were not followed, whatever lies there from older listings goes.
  const [gone, named] = pages.dropped === 'others' ? ['not in', pages.ids] : ['in', pages.dropped]
  await client.query(
    `delete from guiji.listing_page
     where dataset_id = $1 and (run_id, page) ${gone} (select * from unnest($2::bigint[], $3::bigint[]))`,
    [datasetId, named.map((one) => one.run), named.map((one) => one.page)],
  )
  await client.query(
    `insert into guiji.listing (dataset_id, run_id, page_runs, pages) values ($1, $2, $3, $4)
     on conflict (dataset_id) do update
       set run_id = excluded.run_id, page_runs = excluded.page_runs, pages = excluded.pages`,
    [datasetId, runId, pages.ids.map((one) => one.run), pages.ids.map((one) => one.page)],
  )
}

/** Forgets the order of a dataset's rows: the next run reads the table and makes all pages anew. */
export async function forgetPages(client: pg.ClientBase, datasetId: bigint): Promise<void> {
  await client.query('delete from guiji.listing_page where dataset_id = $1', [datasetId])
  await client.query('delete from guiji.listing where dataset_id = $1', [datasetId])
}

/** All pages of a first load, in the order of its chunks. */
export async function pagesOfRun(client: pg.ClientBase, datasetId: bigint, runId: bigint): Promise<Pages> {
  const { rows } = await client.query<PageId & { digests: number }>(
    `select run_id as run, page, length(digests) / 8 as digests from guiji.listing_page
     where dataset_id = $1 and run_id = $2 order by page`,
    [datasetId, runId],
  )
  const digests = rows.reduce((sum, row) => sum + BigInt(row.digests), 0n)
  return { ids: rows.map(({ run, page }) => ({ run, page })), dropped: 'others', digests }
}

const isBigEndian = endianness() === 'BE'

/** Pages are little-endian, whatever the machine that wrote them. */
function bytesOf(digests: Halves): Buffer {
  const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength)
  return isBigEndian ? Buffer.from(bytes).swap64() : bytes
}

/** Gives the number of digests on the page. */
function addPage(collector: DigestCollector, page: Buffer): number {
  const bytes = new Uint8Array(page)
  if (isBigEndian) Buffer.from(bytes.buffer).swap64()
  const halves = new Uint32Array(bytes.buffer)
  collector.addAll(halves)
  return halves.length / 2
}

/** The values of a binary COPY of one column that is never null: 19 bytes of header, 2 + 4 bytes before each. */
async function* onlyColumn(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let data: Buffer = Buffer.alloc(0)
  let skip = 19
  for await (const part of source) {
    data = data.length === 0 ? part : Buffer.concat([data, part])
    if (data.length < skip) continue
    let at = skip
    skip = 0
    while (at + 6 <= data.length && data.readInt16BE(at) === 1) {
      const size = data.readInt32BE(at + 2)
      if (at + 6 + size > data.length) break
      yield data.subarray(at + 6, at + 6 + size)
      at += 6 + size
    }
    data = data.subarray(at)
  }
}
