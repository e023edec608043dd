import { createHash } from 'node:crypto'
import {
  type Batch,
  type Issue,
  isIssue,
  type Listing,
  type ListingEnd,
  type ListRequest,
} from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import type { HttpClient } from '../../src/http/client.ts'
import { issue } from '../../src/records/issues.ts'
import { jsonFieldNames } from '../../src/records/json-fields.ts'
import { JsonReader } from '../../src/records/json-reader.ts'
import { OVERSIZE_JSON_KEPT_BYTES } from '../../src/records/json-records.ts'
import { addressOf, type Config } from './config.ts'
import { cursorWatch } from './cursor.ts'
import { conditions, foundSame, type Mark, markOf, readMark, writeMark } from './mark.ts'
import { batchesOf, cutPage, type Page } from './page.ts'
import { type Progress, type Walk, walkPages } from './pages.ts'
import { firstPage, totalOf } from './paging.ts'
import { parseRead, type Read } from './read.ts'

/** Asks for the first page: what it says of total, fields and age is known before the first record. */
export async function openListing(
  config: Config,
  client: HttpClient,
  request: ListRequest,
): Promise<Listing> {
  const read = parseRead(request.read)
  refuseReferences(config.http.source, read)
  const resource = addressOf(config.base, read.path, query(read, request))
  const start = firstPage(resource, read.paging)
  // Only a resource of one page can be recognised as unchanged: a first page says nothing of the others.
  const isWhole = read.paging.kind === 'none' && !request.since
  const asked = createHash('sha256').update(`${start.href}\n${read.records}`).digest('hex').slice(0, 16)
  const previous = isWhole ? readMark(request.previous, asked) : undefined
  const answer = await client.get(start, conditions(previous), request.signal)
  const mark: Mark | undefined = isWhole ? markOf(answer, asked, previous) : undefined
  const same = foundSame(answer, previous, mark)
  if (same && mark) return unchanged(same, mark, request)
  const page = cutPage(config, answer, 1, read.records)
  return changed({ config, client, read, signal: request.signal }, page, mark, request)
}

/** Only the source's configuration has its references replaced: here one would be sent as it is written. */
function refuseReferences(source: string, { query }: Read): void {
  const found = Object.entries(query).find(([, value]) => /^(env|file):/.test(value))
  if (found === undefined) return
  const detail = 'refers to a secret: write it into config.auth with kind key and query'
  throw new GuijiError('SOURCE_CONFIG_INVALID', { source, property: `read.query.${found[0]}`, detail })
}

function query(read: Read, request: ListRequest): Readonly<Record<string, string>> {
  if (!request.since || read.sinceParam === undefined) return read.query
  return { ...read.query, [read.sinceParam]: request.since.value }
}

function unchanged(unchangedBy: string, mark: Mark, request: ListRequest): Listing {
  return {
    unchanged: true,
    unchangedBy,
    fields: request.fields,
    ...published(mark),
    async *batches() {},
    decode: () => [],
    end: () => ({ complete: true, token: writeMark(mark) }),
    async [Symbol.asyncDispose]() {},
  }
}

function changed(walk: Walk, first: Page, mark: Mark | undefined, request: ListRequest): Listing {
  const fields = fieldsOf(first, request.fields)
  const reader = new JsonReader(fields)
  const progress: Progress = { received: 0n, ended: false }
  const declared = totalOf(walk.config.http.source, walk.read.paging, { ...first, page: 1 })
  const stop = new AbortController()
  const walking = { ...walk, signal: AbortSignal.any([walk.signal, stop.signal]) }
  const cursor = cursorWatch(request.cursor)
  return {
    unchanged: false,
    fields,
    ...published(mark),
    ...(walk.read.paging.kind === 'none' ? { bytes: first.body.length } : {}),
    ...(declared === undefined ? {} : { declared }),
    async *batches() {
      for await (const page of walkPages(walking, first, progress)) {
        cursor.see(page)
        for (const batch of batchesOf(page)) {
          walking.signal.throwIfAborted()
          yield batch
        }
      }
    },
    decode: (batch, index) => decode(batch, index, reader),
    end: () => end(progress, mark, cursor.highest()),
    async [Symbol.asyncDispose]() {
      stop.abort()
    },
  }
}

/** The fields asked for, as records need not all have them; where none is asked for, all that the first page shows. */
function fieldsOf(first: Page, asked: readonly string[]): readonly string[] {
  if (asked.length > 0) return asked
  const names = Array.from({ length: first.count }, (_, index) =>
    jsonFieldNames(first.body.subarray(first.starts[index], first.ends[index])),
  )
  return [...new Set(names.flat())]
}

function decode(batch: Batch, index: number, reader: JsonReader): readonly (string | null)[] | Issue {
  const start = batch.starts[index] ?? 0
  const end = batch.ends[index] ?? 0
  const decoded = reader.read(batch.bytes, start, end)
  const isCut = isIssue(decoded) && end - start === OVERSIZE_JSON_KEPT_BYTES
  return isCut ? issue('oversize', 'the record is too long; only its beginning was kept') : decoded
}

function published(mark: Mark | undefined): Pick<Listing, 'publishedAt' | 'publishedBy'> {
  const time = mark?.lastModified === undefined ? Number.NaN : Date.parse(mark.lastModified)
  return Number.isNaN(time) ? {} : { publishedAt: new Date(time), publishedBy: 'last-modified' }
}

/** Whether the source itself showed that this is all of it. */
function end(progress: Progress, mark: Mark | undefined, cursor: string | undefined): ListingEnd {
  const reason = shortfall(progress)
  return {
    complete: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    ...(reason === undefined && mark ? { token: writeMark(mark) } : {}),
    ...(progress.declared === undefined ? {} : { declared: progress.declared }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

function shortfall({ ended, declared, changedTo, received }: Progress): string | undefined {
  if (!ended) return 'the reading was not finished'
  if (changedTo !== undefined) return `the total changed from ${declared} to ${changedTo} while it was read`
  if (declared !== undefined && declared !== received)
    return `the source declares ${declared}, it gave ${received}`
  return undefined
}
