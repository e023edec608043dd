import { httpJson } from '../../../../connectors/http-json/index.ts'
import type { Listing, ListRequest, Place, SourceSession } from '../../../../src/connector.ts'
import { type TestContext, testContext } from '../../http/context.ts'

export function sessionOf(
  baseUrl: string,
  config: Record<string, unknown> = {},
  context: TestContext = testContext(),
): Promise<SourceSession> {
  return httpJson.open({ baseUrl, retries: 1, idleSeconds: 5, ...config }, context)
}

export function request(read: Record<string, unknown>, more: Partial<ListRequest> = {}): ListRequest {
  return {
    read: { path: '/rows', records: 'data.rows', ...read },
    fields: ['id', 'name'],
    onlyNew: false,
    signal: new AbortController().signal,
    ...more,
  }
}

export interface ReadBack {
  readonly records: unknown[]
  readonly places: Place[]
  /** The bytes of each record, as text. */
  readonly raw: string[]
}

/** Every record of a listing, decoded and raw. */
export async function readAll(listing: Listing): Promise<ReadBack> {
  const back: ReadBack = { records: [], places: [], raw: [] }
  for await (const batch of listing.batches()) {
    for (let index = 0; index < batch.count; index++) {
      back.records.push(listing.decode(batch, index))
      back.places.push(batch.place(index))
      back.raw.push(batch.bytes.toString('utf8', batch.starts[index], batch.ends[index]))
    }
  }
  return back
}
