import { inspect } from 'node:util'
import type { Issue, Listing, ListRequest, Place } from '../../src/connector.ts'

/** One record of a listing, taken out of its batch. */
export interface ReadRecord {
  readonly raw: Buffer
  readonly fields: readonly (string | null)[] | Issue
  /** What a second decoding gave. */
  readonly again: readonly (string | null)[] | Issue
  readonly place: Place
}

export async function readAll(listing: Listing): Promise<readonly ReadRecord[]> {
  const records: ReadRecord[] = []
  for await (const batch of listing.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const raw = Buffer.from(batch.bytes.subarray(batch.starts[i], batch.ends[i]))
      const fields = listing.decode(batch, i)
      records.push({ raw, fields, again: listing.decode(batch, i), place: batch.place(i) })
    }
  }
  return records
}

export function requestFor(read: Readonly<Record<string, unknown>>, fields: readonly string[]): ListRequest {
  return { read, fields, onlyNew: false, signal: new AbortController().signal }
}

/** All that an error could show: message, stack, details, and the same of what caused it. */
export function errorText(error: unknown): string {
  return error === undefined ? '' : inspect(error, { depth: 12, showHidden: true })
}
