import { createHash } from 'node:crypto'
import type { Connection } from './client.ts'

/** What a listing held at one moment, found inside the source without moving a row. */
export interface Fingerprint {
  readonly rows: bigint
  /** Number of rows, order-free sum of the hashes of the rows, and a digest of what was asked for. */
  readonly token: string
}

/** Servers without a 64-bit text hash (before PostgreSQL 11, openGauss) get half an md5. */
const hashes = {
  hash64: 'hashtextextended(r::text, 0)',
  md5: `('x' || substr(md5(r::text), 1, 16))::bit(64)::bigint`,
}

/**
 * Counts and sums up the rows of `select`. One scan of the table and a few dozen bytes on the wire: measured at a
 * third to a half of the time of copying the same rows, and without the work of receiving them.
 */
export async function fingerprint(
  connection: Connection,
  select: string,
  object: string,
): Promise<Fingerprint> {
  const kind = connection.server.number >= 110000 && connection.server.binary ? 'hash64' : 'md5'
  const { rows } = await connection.query<{ rows: string; sum: string }>(
    {
      text: `select count(*)::text as rows, coalesce(sum(${hashes[kind]}), 0)::text as sum from (${select}) as r`,
    },
    { object },
  )
  const { rows: count, sum } = rows[0] ?? { rows: '0', sum: '0' }
  const asked = createHash('sha256').update(select).digest('hex').slice(0, 16)
  return { rows: BigInt(count), token: `${kind}:${asked}:${count}:${sum}` }
}
