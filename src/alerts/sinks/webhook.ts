import { createHmac } from 'node:crypto'
import { request } from 'undici'
import type { Parcel, Sink } from '../message.ts'

export interface WebhookSettings {
  readonly name: string
  readonly url: string
  /** Values, already read from where they are kept. */
  readonly secret: string
  readonly clock: () => number
}

/**
 * Posts a message as JSON, signed as the Standard Webhooks specification 1.0 has it: `webhook-id` (the key, the same
 * in every attempt), `webhook-timestamp` (seconds), `webhook-signature: v1,<base64>`, the HMAC-SHA256 of
 * `id.timestamp.body`. Every answer but 2xx is a failure; redirects are not followed, so that a message goes nowhere
 * but where the workspace says.
 */
export function webhookSink({ name, url, secret, clock }: WebhookSettings): Sink {
  return {
    name,
    async deliver({ key, message }: Parcel, signal: AbortSignal): Promise<void> {
      const timestamp = String(Math.floor(clock() / 1000))
      const body = JSON.stringify({
        type: `alert.${message.event}`,
        timestamp: new Date(clock()).toISOString(),
        data: message,
      })
      const { statusCode, body: answer } = await request(url, {
        method: 'POST',
        signal,
        body,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'webhook-id': key,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signatureOf(secret, `${key}.${timestamp}.${body}`)}`,
        },
      })
      await answer.dump()
      if (statusCode < 200 || statusCode > 299) throw new Error(`the address answered ${statusCode}`)
    },
  }
}

/** A secret that begins with `whsec_` is base64 behind it, as the specification writes them; any other is its text. */
function signatureOf(secret: string, content: string): string {
  const encoded = /^whsec_(.+)$/.exec(secret)?.[1]
  const key = encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, 'base64')
  return createHmac('sha256', key).update(content).digest('base64')
}
