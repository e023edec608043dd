/** The doors of the interfaces: who may come in, and how often. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { System } from '../list/types.ts'

type Api = Extract<System, { kind: 'http-json' }>

/** Public half of the signing key of `hmac` interfaces. */
export const signingKeyId = 'guiji-hengshui'

const clockDrift = 300_000

export interface Guard {
  /** Whether the request carries the right credential. */
  admits(request: IncomingMessage): boolean
  /** Seconds to wait before the next request; 0: it may come now. */
  wait(): number
}

export function guard(api: Api, secret: string, clock: () => number): Guard {
  const seen = new Set<string>()
  const bucket = tokenBucket(api.requestsPerSecond * 2, clock)
  return {
    wait: bucket,
    admits: ({ headers, method, url }) => {
      if (api.auth === 'bearer') return equal(headers.authorization, `Bearer ${secret}`)
      if (api.auth === 'key') return equal(headers['x-api-key'], secret)
      const { 'x-key-id': keyId, 'x-timestamp': time, 'x-nonce': nonce, 'x-signature': signature } = headers
      if (keyId !== signingKeyId || typeof nonce !== 'string' || typeof time !== 'string') return false
      if (Math.abs(clock() - Number(time)) > clockDrift || seen.has(nonce)) return false
      const signed = [method, url, time, nonce].join('\n')
      if (!equal(signature, createHmac('sha256', secret).update(signed).digest('hex'))) return false
      seen.add(nonce)
      return true
    },
  }
}

function equal(given: string | string[] | undefined, expected: string): boolean {
  if (typeof given !== 'string') return false
  const left = Buffer.from(given)
  const right = Buffer.from(expected)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Lets `perSecond` requests pass, and as many at once after a pause. */
function tokenBucket(perSecond: number, clock: () => number): () => number {
  let tokens = perSecond
  let last = clock()
  return () => {
    const now = clock()
    tokens = Math.min(perSecond, tokens + ((now - last) / 1000) * perSecond)
    last = now
    if (tokens < 1) return Math.max(1, Math.ceil((1 - tokens) / perSecond))
    tokens -= 1
    return 0
  }
}
