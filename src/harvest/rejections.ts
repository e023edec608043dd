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

  /** False: the same record was rejected before. */
  add(rejection: Rejection): boolean {
    if (this.#digests.has(rejection.digest)) return false
    this.#digests.add(rejection.digest)
    this.#waiting.push(rejection)
    return true
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
}

/** PostgreSQL's text has no NUL; the record itself is kept byte for byte in `raw`. */
function withoutNul(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll('\0', '\u2400')
}
