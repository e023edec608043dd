import { createHash, createHmac } from 'node:crypto'

/** How a request says who asks. Secrets are values here, already read from where they are kept. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** A key that is sent as it is, in a header or in the query. */
  | { readonly kind: 'key'; readonly token: string; readonly header?: string; readonly query?: string }
  | { readonly kind: 'hmac'; readonly keyId: string; readonly secret: string }

export interface Unsigned {
  readonly method: 'GET'
  readonly url: URL
  readonly body?: string
}

export interface Signed {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** Milliseconds since the epoch and a value never used before: what makes a signature good for one request only. */
export interface Stamp {
  readonly timestamp: number
  readonly nonce: string
}

/** Adds the credential to a request. Each attempt is signed anew. */
export function sign(credential: Credential, request: Unsigned, stamp: Stamp): Signed {
  const { url } = request
  switch (credential.kind) {
    case 'none':
      return { url, headers: {} }
    case 'bearer':
      return { url, headers: { authorization: `Bearer ${credential.token}` } }
    case 'key':
      return withKey(credential, url)
    case 'hmac':
      return { url, headers: hmacHeaders(credential, request, stamp) }
  }
}

function withKey(credential: Credential & { kind: 'key' }, url: URL): Signed {
  if (credential.query === undefined) {
    return { url, headers: { [(credential.header ?? 'x-api-key').toLowerCase()]: credential.token } }
  }
  const keyed = new URL(url)
  keyed.searchParams.set(credential.query, credential.token)
  return { url: keyed, headers: {} }
}

/**
 * HMAC-SHA256, lower-case hex, over these lines joined by line feeds:
 *
 *     GET
 *     /path?query          as sent, percent-encoding included
 *     1718870400000        X-Timestamp: milliseconds since the epoch
 *     9f86d081…            X-Nonce: 128 random bits in hex
 *     <sha256 of the body> only where there is a body, lower-case hex
 *
 * sent as X-Key-Id, X-Timestamp, X-Nonce and X-Signature.
 */
function hmacHeaders(credential: Credential & { kind: 'hmac' }, request: Unsigned, stamp: Stamp) {
  const timestamp = String(stamp.timestamp)
  const lines = [request.method, request.url.pathname + request.url.search, timestamp, stamp.nonce]
  if (request.body !== undefined) lines.push(createHash('sha256').update(request.body).digest('hex'))
  return {
    'x-key-id': credential.keyId,
    'x-timestamp': timestamp,
    'x-nonce': stamp.nonce,
    'x-signature': createHmac('sha256', credential.secret).update(lines.join('\n')).digest('hex'),
  }
}

/** 128 bits in hex from a source of randomness in [0, 1). */
export function nonce(random: () => number): string {
  const word = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return word() + word() + word() + word()
}

/** The values that may never be shown. */
export function secretsOf(credential: Credential): readonly string[] {
  if (credential.kind === 'none') return []
  return [credential.kind === 'hmac' ? credential.secret : credential.token]
}
