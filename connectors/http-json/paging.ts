import { GuijiError } from '../../src/errors/guiji-error.ts'
import { redactUrl } from '../../src/http/address-text.ts'
import { isSameHost } from '../../src/http/client.ts'
import { countAt, type Envelope, textAt } from './envelope.ts'
import type { Paging } from './read.ts'

/** One page as far as paging is concerned. */
export interface PageFacts {
  readonly url: URL
  /** From 1. */
  readonly page: number
  /** Records on this page. */
  readonly count: number
  /** Records on this page and all before it. */
  readonly received: bigint
  readonly envelope: Envelope
  readonly linkHeader: string | undefined
}

/** Where to go after a page. */
export type Step = { readonly next: URL } | { readonly end: true }

/** Address of the first page. */
export function firstPage(resource: URL, paging: Paging): URL {
  const url = new URL(resource)
  if (paging.size !== undefined) url.searchParams.set(paging.sizeParam, String(paging.size))
  if (paging.kind === 'page') url.searchParams.set(paging.pageParam, String(paging.first))
  if (paging.kind === 'offset') url.searchParams.set(paging.offsetParam, '0')
  return url
}

/** The page after `facts`, or that the source has shown its end. */
export function nextPage(source: string, paging: Paging, facts: PageFacts): Step {
  switch (paging.kind) {
    case 'none':
      return { end: true }
    case 'page':
      return counted(paging, facts, paging.pageParam, String(paging.first + facts.page))
    case 'offset':
      // By what was received, not by what was asked for: some systems give fewer records than asked.
      return counted(paging, facts, paging.offsetParam, String(facts.received))
    case 'cursor':
      return byCursor(paging, facts)
    case 'link':
      return byLink(source, paging, facts)
  }
}

/** The total, where the source says one on this page. */
export function totalOf(paging: Paging, envelope: Envelope): bigint | undefined {
  return paging.totalPath === undefined ? undefined : countAt(envelope, paging.totalPath)
}

/**
 * Pages that are counted end with an empty page, or where the total is reached. A short page alone ends nothing:
 * a system that gives at most 100 records whatever is asked for would lose the rest.
 */
function counted(paging: Paging, facts: PageFacts, param: string, value: string): Step {
  const total = totalOf(paging, facts.envelope)
  if (facts.count === 0 || (total !== undefined && facts.received >= total)) return { end: true }
  return { next: withParam(facts.url, param, value) }
}

/** An absent, null, false or empty cursor is the end. A page may be empty and yet have a cursor. */
function byCursor(paging: Paging, facts: PageFacts): Step {
  const cursor = textAt(facts.envelope, paging.cursorPath ?? '')
  return cursor ? { next: withParam(facts.url, paging.cursorParam, cursor) } : { end: true }
}

/** The next address stands in the Link header (RFC 8288) or at a path of the answer; none is the end. */
function byLink(source: string, paging: Paging, facts: PageFacts): Step {
  const target = paging.cursorPath ? textAt(facts.envelope, paging.cursorPath) : nextLink(facts.linkHeader)
  if (!target) return { end: true }
  if (!URL.canParse(target, facts.url.href)) {
    throw new GuijiError('SOURCE_PAGING_BROKEN', {
      source,
      page: facts.page,
      url: redactUrl(facts.url),
      detail: `its next address is "${target.slice(0, 100)}"`,
    })
  }
  const next = new URL(target, facts.url)
  if (!isSameHost(next, facts.url)) {
    throw new GuijiError('SOURCE_REDIRECTED', { source, url: redactUrl(facts.url), target: redactUrl(next) })
  }
  return { next }
}

/** The address with `rel="next"` of a Link header. */
export function nextLink(header: string | undefined): string | undefined {
  for (const [, address, parameters] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;[^,<]*(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|,|$)/i.test(parameters ?? '')) return address
  }
  return undefined
}

function withParam(url: URL, name: string, value: string): URL {
  const next = new URL(url)
  next.searchParams.set(name, value)
  return next
}
