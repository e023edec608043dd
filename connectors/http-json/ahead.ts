import type { HttpAnswer, HttpClient } from '../../src/http/client.ts'
import { nextPage, type PageFacts, totalOf } from './paging.ts'
import type { Paging } from './read.ts'

/** Asks for pages before they are needed, as many at once as the source allows connections. */
export interface PagesAhead {
  /** The answer at `url`, which follows the page that `facts` tell of. */
  get(url: URL, facts: PageFacts): Promise<HttpAnswer>
}

/**
 * Where pages are counted and the source has declared its total, the addresses of the next pages are known before the
 * page is there: they are asked for while it is still used. No page behind the declared end is asked for, and an
 * answer serves only if the walk comes to its very address.
 */
export function pagesAhead(
  source: string,
  paging: Paging,
  options: { readonly client: HttpClient; readonly depth: number; readonly signal: AbortSignal },
): PagesAhead {
  const { client, depth, signal } = options
  const underway = new Map<string, Promise<HttpAnswer>>()
  const ask = (url: URL): Promise<HttpAnswer> => {
    const known = underway.get(url.href)
    if (known !== undefined) return known
    const answer = client.get(url, {}, signal)
    // Awaited when the walk comes there; without this a failure before would count as unhandled.
    answer.catch(() => {})
    underway.set(url.href, answer)
    return answer
  }
  return {
    get(url, facts) {
      const answer = ask(url)
      underway.delete(url.href)
      for (const next of following(source, paging, { ...facts, next: url })) {
        if (underway.size >= depth - 1) break
        ask(next)
      }
      return answer
    },
  }
}

/** The addresses behind `next`, if each page has as many records as the last one had. */
function* following(
  source: string,
  paging: Paging,
  from: PageFacts & { readonly next: URL },
): Generator<URL> {
  if (paging.kind !== 'page' && paging.kind !== 'offset') return
  if (totalOf(source, paging, from) === undefined) return
  let facts: PageFacts = from
  let url = from.next
  for (;;) {
    facts = { ...facts, url, page: facts.page + 1, received: facts.received + BigInt(facts.count) }
    const step = nextPage(source, paging, facts)
    if ('end' in step) return
    url = step.next
    yield url
  }
}
