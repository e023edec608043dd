import { GuijiError } from '../errors/guiji-error.ts'
import { hostAndPort, redactUrl, scrub } from './address-text.ts'
import { BodyCutOff, BodyTooLarge } from './body.ts'
import { AddressRefused } from './outbound.ts'

/** What a message about a failed request may tell. */
export interface Asked {
  readonly source: string
  readonly url: URL
  readonly secrets: readonly string[]
  readonly idleSeconds: number
  readonly totalSeconds: number
  readonly limit: number
}

/** Name of the `reason` with which the total time-out aborts a request. */
export const totalTimeout = 'guiji: total time-out'

/** The GuijiError that says what a failure of the network or of the body means. */
export function explainFailure(error: unknown, asked: Asked): GuijiError {
  if (error instanceof GuijiError) return error
  const { source, url } = asked
  const common = { source, address: hostAndPort(url), url: redactUrl(url), host: url.hostname }
  const detail = scrub(messageOf(error), asked.secrets)
  const options = { cause: error }
  if (error instanceof AddressRefused) {
    return new GuijiError(
      'SOURCE_ADDRESS_REFUSED',
      { ...common, host: error.host, ip: error.address },
      options,
    )
  }
  if (codeOf(error) === 'UND_ERR_HEADERS_OVERFLOW') {
    return new GuijiError('SOURCE_HEADERS_TOO_LARGE', common, options)
  }
  if (error instanceof BodyTooLarge) {
    return new GuijiError('SOURCE_TOO_LARGE', { ...common, limit: asked.limit }, options)
  }
  if (error instanceof BodyCutOff) {
    return new GuijiError('SOURCE_TRUNCATED', { ...common, place: common.url, detail }, options)
  }
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return new GuijiError('SOURCE_NOT_HTTP', { ...common, detail }, options)
  }
  const waited = timeouts(asked)[codeOf(error)]
  if (waited) return new GuijiError('SOURCE_TIMEOUT', { ...common, ...waited }, options)
  const code = codeOf(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new GuijiError('SOURCE_NAME_UNKNOWN', common, options)
  if (code === 'ECONNREFUSED') return new GuijiError('SOURCE_REFUSED', common, options)
  if (isTls(code)) return new GuijiError('SOURCE_TLS', { ...common, detail }, options)
  return new GuijiError('SOURCE_TRUNCATED', { ...common, place: common.url, detail }, options)
}

/** Whether the same request may succeed a moment later. Names and certificates do not mend themselves in seconds. */
export function isWorthRepeating(error: GuijiError): boolean {
  if (error.code === 'SOURCE_TIMEOUT') return error.details.what !== 'the whole answer'
  return error.code === 'SOURCE_REFUSED' || error.code === 'SOURCE_TRUNCATED'
}

function timeouts({
  idleSeconds,
  totalSeconds,
}: Asked): Readonly<Record<string, { what: string; seconds: number }>> {
  const connecting = { what: 'connecting', seconds: idleSeconds }
  return {
    UND_ERR_CONNECT_TIMEOUT: connecting,
    ETIMEDOUT: connecting,
    EHOSTUNREACH: connecting,
    ENETUNREACH: connecting,
    UND_ERR_HEADERS_TIMEOUT: { what: 'the first byte', seconds: idleSeconds },
    UND_ERR_BODY_TIMEOUT: { what: 'the next byte', seconds: idleSeconds },
    [totalTimeout]: { what: 'the whole answer', seconds: totalSeconds },
  }
}

function isTls(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/.test(code)
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'cause' in error ? codeOf(error.cause) : ''
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message === '' ? codeOf(error) : message
}
