import { GuijiError } from '../../src/errors/guiji-error.ts'
import { redactUrl } from '../../src/http/address-text.ts'
import { isSameHost } from '../../src/http/client.ts'
import { countAt, type Envelope, isAt, textAt } from './envelope.ts'
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
      return counted(source, paging, facts, {
        name: paging.pageParam,
        value: String(paging.first + facts.page),
      })
    case 'offset':
      // By what was received, not by what was asked for: some systems give fewer records than asked.
      return counted(source, paging, facts, { name: paging.offsetParam, value: String(facts.received) })
    case 'cursor':
      return byCursor(source, paging, facts)
    case 'link':
      return byLink(source, paging, facts)
  }
}

/**
 * The total, where the harvest says that there is one. A total that has moved would otherwise look like a source
 * that declares nothing, and a listing cut short like a complete one.
 */
export function totalOf(source: string, paging: Paging, page: Pick<PageFacts, 'url' | 'page' | 'envelope'>) {
  if (paging.totalPath === undefined) return undefined
  const total = countAt(page.envelope, paging.totalPath)
  if (total === undefined) throw broken(source, page, `it has no whole number at "${paging.totalPath}"`)
  return total
}

function broken(source: string, { page, url }: Pick<PageFacts, 'url' | 'page'>, detail: string): GuijiError {
  return new GuijiError('SOURCE_PAGING_BROKEN', { source, page, url: redactUrl(url), detail })
}

/**
 * Pages that are counted end with an empty page, or where the total is reached. A short page alone ends nothing:
 * a system that gives at most 100 records whatever is asked for would lose the rest.
 */
function counted(source: string, paging: Paging, facts: PageFacts, next: Param): Step {
  const total = totalOf(source, paging, facts)
  if (facts.count === 0 || (total !== undefined && facts.received >= total)) return { end: true }
  return { next: withParam(facts.url, next) }
}

/**
 * An absent, null, false or empty cursor is the end, and a page may be empty and yet have a cursor. But a first page
 * that is full and has no cursor is more likely one whose cursor has moved.
 */
function byCursor(source: string, paging: Paging, facts: PageFacts): Step {
  const path = paging.cursorPath ?? ''
  const cursor = textAt(facts.envelope, path)
  if (cursor) return { next: withParam(facts.url, { name: paging.cursorParam, value: cursor }) }
  const isFull = paging.size !== undefined && facts.count >= paging.size
  if (facts.page === 1 && isFull && !isAt(facts.envelope, path)) {
    throw broken(source, facts, `it is full and has nothing at "${path}"`)
  }
  return { end: true }
}

/** The next address stands in the Link header (RFC 8288) or at a path of the answer; none is the end. */
function byLink(source: string, paging: Paging, facts: PageFacts): Step {
  const target = paging.cursorPath ? textAt(facts.envelope, paging.cursorPath) : nextLink(facts.linkHeader)
  if (!target) return { end: true }
  if (!URL.canParse(target, facts.url.href)) {
    throw broken(source, facts, `its next address is "${target.slice(0, 100)}"`)
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

interface Param {
  readonly name: string
  readonly value: string
}

function withParam(url: URL, { name, value }: Param): URL {
  const next = new URL(url)
  next.searchParams.set(name, value)
  return next
}
