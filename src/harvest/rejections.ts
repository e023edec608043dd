import type pg from 'pg'
import type { Issue, Place } from '../connector.ts'

/** A record that did not fit, kept whole. */
export interface Rejection {
  readonly digest: bigint
  readonly issue: Issue
  readonly place: Place
  readonly raw: Buffer
  /** Key texts where they could be read. */
  readonly key?: readonly string[]
}

/**
 * The rejects of one run. A record with the same bytes as one already rejected is a duplicate, wherever in the
 * listing it stands, so that the accounts do not depend on how the listing was cut into chunks.
 */
export class Rejections {
  readonly #digests = new Set<bigint>()
  #waiting: Rejection[] = []
  /** Whether the dataset has open rejects made under another seed. */
  #older: boolean | undefined

  /** False: the same record was rejected before. */
  add(rejection: Rejection): boolean {
    if (this.#digests.has(rejection.digest)) return false
    this.#digests.add(rejection.digest)
    this.#waiting.push(rejection)
    return true
  }

  has(digest: bigint): boolean {
    return this.#digests.has(digest)
  }

  /** Marks a record that an earlier run rejected and this one met again. */
  addKnown(digest: bigint): boolean {
    if (this.#digests.has(digest)) return false
    this.#digests.add(digest)
    return true
  }

  /** Writes what is waiting, in the caller's transaction. A reject that is open already is met again, not doubled. */
  async write(
    client: pg.ClientBase,
    run: { readonly id: bigint; readonly datasetId: bigint; readonly seed: string; readonly now: Date },
  ): Promise<void> {
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    await this.#carryOver(client, run, batch)
    await client.query(
      `insert into guiji.reject (dataset_id, digest, reason, column_name, value, message, place, raw, key, seed,
         first_run, last_run, first_at, last_at)
       select $1, r.digest, r.reason, r.column_name, r.value, r.message, r.place::jsonb, r.raw,
         (select array_agg(k.text order by k.n) from jsonb_array_elements_text(r.key::jsonb) with ordinality as k (text, n)),
         $2, $3, $3, $4, $4
       from unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::text[])
         as r (digest, reason, column_name, value, message, place, raw, key)
       on conflict (dataset_id, digest) where closed_at is null do update
         set last_run = excluded.last_run, last_at = excluded.last_at, reason = excluded.reason,
           column_name = excluded.column_name, value = excluded.value, message = excluded.message,
           place = excluded.place, seed = excluded.seed, key = excluded.key`,
      [
        run.datasetId,
        run.seed,
        run.id,
        run.now,
        batch.map((one) => one.digest),
        batch.map((one) => one.issue.reason),
        batch.map((one) => one.issue.column ?? null),
        batch.map((one) => withoutNul(one.issue.value)),
        batch.map((one) => withoutNul(one.issue.message) ?? ''),
        batch.map((one) => JSON.stringify(one.place)),
        batch.map((one) => one.raw),
        batch.map((one) => (one.key ? JSON.stringify(one.key) : null)),
      ],
    )
  }

  /** Digests change with the seed: a record rejected under another one is found by its bytes, and stays one reject. */
  async #carryOver(
    client: pg.ClientBase,
    run: { readonly datasetId: bigint; readonly seed: string },
    batch: readonly Rejection[],
  ): Promise<void> {
    this.#older ??= await hasOlder(client, run)
    if (!this.#older) return
    await client.query(
      `update guiji.reject r set digest = n.digest, seed = $2
       from unnest($3::bigint[], $4::bytea[]) as n (digest, raw)
       where r.dataset_id = $1 and r.closed_at is null and r.seed <> $2 and r.raw = n.raw`,
      [run.datasetId, run.seed, batch.map((one) => one.digest), batch.map((one) => one.raw)],
    )
  }
}

async function hasOlder(
  client: pg.ClientBase,
  run: { readonly datasetId: bigint; readonly seed: string },
): Promise<boolean> {
  const { rows } = await client.query(
    'select from guiji.reject where dataset_id = $1 and closed_at is null and seed <> $2 limit 1',
    [run.datasetId, run.seed],
  )
  return rows.length > 0
}

/** PostgreSQL's text has no NUL; the record itself is kept byte for byte in `raw`. */
function withoutNul(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll('\0', '\u2400')
}
