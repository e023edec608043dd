import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { quote } from '../store/identifiers.ts'
import { digestColumn, type Layout, storeTable } from '../store/layout.ts'
import { DigestSet, halvesOf, highHalf, lowHalf, rejected, stored } from './digest-set.ts'

/** Reasons that depend on other records of the listing: such a record is judged anew each time. */
const relative = ['key-conflict']

/**
 * Fetches the digests of the stored rows, and of the open rejects made under the same seed, as binary COPY: about
 * 14 bytes a row on the wire.
 */
export async function fetchKnownDigests(
  client: pg.ClientBase,
  options: {
    readonly layout: Layout
    readonly datasetId: bigint
    readonly seed: string
    readonly held: bigint
  },
): Promise<DigestSet> {
  const { layout, datasetId, seed, held } = options
  const set = new DigestSet(Number(held))
  const rows = client.query(
    copyTo(`copy (select ${quote(digestColumn)} from ${storeTable(layout)}) to stdout (format binary)`),
  )
  await readDigests(rows, (low, high) => set.add(low, high, stored))
  const rejects = await client.query<{ digest: bigint }>(
    `select digest from guiji.reject
     where dataset_id = $1 and closed_at is null and seed = $2 and reason <> all ($3::text[])`,
    [datasetId, seed, relative],
  )
  const halves = halvesOf(BigInt64Array.from(rejects.rows, (row) => row.digest))
  for (let at = 0; at < halves.length; at += 2)
    set.add(halves[at + lowHalf] ?? 0, halves[at + highHalf] ?? 0, rejected)
  return set
}

/** One-column binary COPY: 19 bytes of header, then 2 + 4 + 8 bytes a row, then two bytes -1. */
async function readDigests(
  source: AsyncIterable<Buffer>,
  take: (low: number, high: number) => void,
): Promise<void> {
  const tupleSize = 14
  let rest: Buffer = Buffer.alloc(0)
  let skip = 19
  for await (const part of source) {
    let data = rest.length === 0 ? part : Buffer.concat([rest, part])
    if (skip > 0) {
      const cut = Math.min(skip, data.length)
      data = data.subarray(cut)
      skip -= cut
    }
    let at = 0
    for (; at + tupleSize <= data.length; at += tupleSize)
      take(data.readUInt32BE(at + 10), data.readUInt32BE(at + 6))
    rest = data.subarray(at)
  }
}
