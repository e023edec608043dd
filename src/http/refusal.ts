import { GuijiError } from '../errors/guiji-error.ts'
import { hostAndPort, redactUrl, scrub } from './address-text.ts'
import type { Asked } from './failure.ts'

/** The status line and the body of an answer that is not the wanted one. */
export interface Refusal {
  readonly status: number
  readonly contentType: string | undefined
  readonly body: Buffer
  /** How often the request was sent. */
  readonly attempts: number
}

/** What guiji calls itself, so that a department can let it through and find it in its logs. */
export const userAgent = 'guiji/0.1 (data harvester)'

/** The GuijiError for an answer with a status of 400 or more. */
export function explainStatus(refusal: Refusal, asked: Asked): GuijiError {
  const { status, attempts } = refusal
  const { source, url } = asked
  const said = excerpt(refusal.body, refusal.contentType, asked.secrets)
  const detail = said === '' ? `status ${status}` : `status ${status}, "${said}"`
  const common = { source, address: hostAndPort(url), url: redactUrl(url), status, attempts, detail }
  if (status === 401 || status === 407) return new GuijiError('SOURCE_CREDENTIAL', common)
  if (status === 403) return new GuijiError('SOURCE_BLOCKED', { ...common, agent: userAgent })
  if (status === 404 || status === 410) return new GuijiError('SOURCE_NOT_FOUND', common)
  if (status === 408 || status === 425 || status === 429) return new GuijiError('SOURCE_BUSY', common)
  return new GuijiError(status >= 500 ? 'SOURCE_FAILING' : 'SOURCE_STATUS', common)
}

/** Throws SOURCE_NOT_JSON where the body is a page for people or nothing at all. */
export function refuseNonJson(body: Buffer, contentType: string | undefined, asked: Asked): void {
  const first = /\S/.exec(body.toString('latin1', 0, 1024))?.[0]
  if (first !== undefined && first !== '<' && !/html/i.test(contentType ?? '')) return
  throw new GuijiError('SOURCE_NOT_JSON', {
    source: asked.source,
    url: redactUrl(asked.url),
    found:
      first === undefined
        ? 'an empty body'
        : first === '<' && /xml/i.test(contentType ?? '')
          ? 'XML'
          : 'HTML',
    detail: excerpt(body, contentType, asked.secrets) || '-',
  })
}

/**
 * A page's title, or the beginning of the text: what a person would read first. Secrets are taken out before anything
 * is cut, so that none is left by half.
 */
function excerpt(body: Buffer, contentType: string | undefined, secrets: readonly string[]): string {
  const longest = Math.max(0, ...secrets.map((secret) => secret.length))
  const text = scrub(body.toString('utf8', 0, 16_384 + 3 * longest), secrets).slice(0, 16_384)
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]
  const isPage = title !== undefined || /html/i.test(contentType ?? '') || text.trimStart().startsWith('<')
  const shown = title ?? (isPage ? text.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ') : text)
  return [...shown.replace(/\s+/g, ' ').trim()].slice(0, 200).join('')
}
