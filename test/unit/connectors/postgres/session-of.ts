import { postgres } from '../../../../connectors/postgres/index.ts'
import type { Batch, Listing, ListRequest, SourceSession } from '../../../../src/connector.ts'
import { type TestContext, testContext } from '../../http/context.ts'

export function sessionOf(url: string, context: TestContext = testContext()): Promise<SourceSession> {
  return postgres.open({ url }, context)
}

export function request(read: Record<string, unknown>, more: Partial<ListRequest> = {}): ListRequest {
  return { read, fields: [], onlyNew: false, signal: new AbortController().signal, ...more }
}

/** Every record of a listing, decoded. */
export async function readAll(listing: Listing): Promise<unknown[]> {
  const records: unknown[] = []
  for await (const batch of listing.batches()) records.push(...decodeAll(listing, batch))
  return records
}

function decodeAll(listing: Listing, batch: Batch): unknown[] {
  return Array.from({ length: batch.count }, (_, index) => listing.decode(batch, index))
}
