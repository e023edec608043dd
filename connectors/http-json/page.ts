import type { Batch } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { redactUrl, scrub } from '../../src/http/address-text.ts'
import { askedFor, type HttpAnswer } from '../../src/http/client.ts'
import { refuseNonJson } from '../../src/http/refusal.ts'
import { MOST_RECORDS } from '../../src/records/batch-pieces.ts'
import { splitJsonRecords } from '../../src/records/json-records.ts'
import { createXxh64 } from '../../src/records/wasm/xxh64.ts'
import type { Config } from './config.ts'
import { type Envelope, parseEnvelope } from './envelope.ts'

/** One answer, cut into its records. */
export interface Page {
  /** From 1. */
  readonly number: number
  readonly url: URL
  readonly body: Buffer
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly count: number
  readonly envelope: Envelope
  readonly answer: HttpAnswer
}

/** Cuts an answer. Throws SOURCE_NOT_JSON, SOURCE_RECORDS_MISSING and SOURCE_TRUNCATED. */
export function cutPage(config: Config, answer: HttpAnswer, number: number, path: string): Page {
  const asked = askedFor(config.http, answer.url)
  refuseNonJson(answer.body, answer.header('content-type'), asked)
  const { starts, ends, count, envelope } = split(config, answer, number, path)
  return {
    number,
    url: answer.url,
    body: answer.body,
    starts,
    ends,
    count,
    envelope: parseEnvelope(envelope),
    answer,
  }
}

function split(config: Config, answer: HttpAnswer, page: number, path: string) {
  const url = redactUrl(answer.url)
  try {
    return splitJsonRecords(answer.body, path, url)
  } catch (error) {
    if (!(error instanceof GuijiError)) throw error
    const { source } = config.http
    const { secrets } = askedFor(config.http, answer.url)
    const said = scrub(answer.body.toString('utf8', 0, 4096), secrets).slice(0, 200)
    const problem = scrub(String(error.details.problem ?? ''), secrets)
    const common = { source, url, page, path, place: url, found: 'broken JSON' }
    switch (error.code) {
      case 'JSON_NO_RECORDS':
        throw new GuijiError('SOURCE_RECORDS_MISSING', {
          ...common,
          detail: `${problem}; it answers ${said}`,
        })
      case 'JSON_TRUNCATED':
        throw new GuijiError('SOURCE_TRUNCATED', {
          ...common,
          detail: `the JSON ends at byte ${answer.body.length}`,
        })
      case 'JSON_BROKEN':
        throw new GuijiError('SOURCE_NOT_JSON', {
          ...common,
          detail: `byte ${error.details.offset}: ${problem}`,
        })
      default:
        throw error
    }
  }
}

const xxh64 = await createXxh64()

/** Digest of the records alone: what stands around them (a time, a request id) may differ on equal pages. */
export function recordsDigest(page: Page): string {
  const from = page.starts[0] ?? 0
  const to = page.ends[page.count - 1] ?? 0
  return xxh64.bytes(page.body.subarray(from, to))
}

/** A page is given on in pieces of about this size. */
const batchBytes = 2 << 20

export function* batchesOf(page: Page): Generator<Batch> {
  for (let first = 0; first < page.count; ) {
    const from = page.starts[first] ?? 0
    let last = first + 1
    const most = Math.min(page.count, first + MOST_RECORDS)
    while (last < most && (page.ends[last] ?? 0) - from <= batchBytes) last++
    const before = first
    yield {
      bytes: page.body.subarray(from, page.ends[last - 1]),
      starts: page.starts.slice(first, last).map((start) => start - from),
      ends: page.ends.slice(first, last).map((end) => end - from),
      count: last - first,
      place: (index) => ({ page: page.number, index: before + index + 1 }),
    }
    first = last
  }
}
