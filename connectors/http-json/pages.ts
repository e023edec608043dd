import { GuijiError } from '../../src/errors/guiji-error.ts'
import { redactUrl } from '../../src/http/address-text.ts'
import type { HttpClient } from '../../src/http/client.ts'
import { type PagesAhead, pagesAhead } from './ahead.ts'
import type { Config } from './config.ts'
import { cutPage, type Page, recordsDigest } from './page.ts'
import { nextPage, type PageFacts, totalOf } from './paging.ts'
import type { Read } from './read.ts'

/** What a walk through the pages has shown so far. */
export interface Progress {
  received: bigint
  /** The total said by the first page that said one. */
  declared?: bigint
  /** A later total that differs: the source changed while it was read. */
  changedTo?: bigint
  /** The source has shown its end. */
  ended: boolean
}

export interface Walk {
  readonly config: Config
  readonly client: HttpClient
  readonly read: Read
  readonly signal: AbortSignal
}

/** So many empty pages in a row, each with a new cursor, lead nowhere. */
const mostEmptyPages = 100

/**
 * Yields the pages from `first` on. While one is used, the next is already on its way; it is called back when the
 * walk ends early. Throws SOURCE_PAGE_REPEATED where the source goes round in circles.
 */
export async function* walkPages(walk: Walk, first: Page, progress: Progress): AsyncGenerator<Page> {
  const callBack = new AbortController()
  const signal = AbortSignal.any([walk.signal, callBack.signal])
  const { source, connections } = walk.config.http
  const circle = circleGuard(source)
  const ahead = pagesAhead(source, walk.read.paging, { client: walk.client, depth: connections, signal })
  let page: Page | undefined = first
  try {
    while (page) {
      circle.see(page)
      note(progress, page, walk)
      const coming = fetchAfter(walk, page, { progress, circle, ahead })
      // Awaited below; without this a failure while the page is still in use would count as unhandled.
      coming.catch(() => {})
      if (page.count > 0) yield page
      page = await coming
    }
    signal.throwIfAborted()
    progress.ended = true
  } finally {
    callBack.abort()
  }
}

function note(progress: Progress, page: Page, { config, read }: Walk): void {
  progress.received += BigInt(page.count)
  const total = totalOf(config.http.source, read.paging, { ...page, page: page.number })
  if (total === undefined) return
  progress.declared ??= total
  if (total !== progress.declared) progress.changedTo = total
}

interface Underway {
  readonly progress: Progress
  readonly circle: CircleGuard
  readonly ahead: PagesAhead
}

async function fetchAfter(walk: Walk, page: Page, underway: Underway): Promise<Page | undefined> {
  const { config, read } = walk
  const facts: PageFacts = {
    url: page.url,
    page: page.number,
    count: page.count,
    received: underway.progress.received,
    envelope: page.envelope,
    linkHeader: page.answer.header('link'),
  }
  const step = nextPage(config.http.source, read.paging, facts)
  if ('end' in step) return undefined
  underway.circle.go(step.next, page.number)
  const answer = await underway.ahead.get(step.next, facts)
  return cutPage(config, answer, page.number + 1, read.records)
}

interface CircleGuard {
  /** Remembers an address that is about to be asked for after page `page`. */
  go(url: URL, page: number): void
  /** Remembers the records of a page. */
  see(page: Page): void
}

/** Notices an address that was asked for before, records that were given before, and empty pages without end. */
function circleGuard(source: string): CircleGuard {
  const asked = new Map<string, number>()
  const given = new Map<string, number>()
  let empty = 0
  const repeated = (page: number, url: URL, detail: string) =>
    new GuijiError('SOURCE_PAGE_REPEATED', { source, page, url: redactUrl(url), detail })
  return {
    go(url, page) {
      const before = asked.get(url.href)
      if (before !== undefined) throw repeated(page, url, `leads to the same address as page ${before}`)
      asked.set(url.href, page)
    },
    see(page) {
      asked.set(page.url.href, page.number - 1)
      empty = page.count === 0 ? empty + 1 : 0
      if (empty > mostEmptyPages)
        throw repeated(page.number, page.url, `is the ${empty}th empty one in a row`)
      if (page.count === 0) return
      const digest = recordsDigest(page)
      const before = given.get(digest)
      if (before !== undefined)
        throw repeated(page.number, page.url, `has the same records as page ${before}`)
      given.set(digest, page.number)
    },
  }
}
