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
 * Counts and sums up the rows of `select` in one scan. Measured with 1,000,000 rows of 159 bytes: 0.7 s, where copying
 * them takes 0.8-1.1 s; what is saved is the wire and everything that would be done with the rows here.
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
