import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { openHttpClient } from '../../../src/http/client.ts'
import { nonce, sign } from '../../../src/http/signing.ts'
import { testContext } from './context.ts'
import { httpServer, json, status } from './server.ts'

test('the signature of a known request is a known one', () => {
  const url = new URL('http://host/v1/rows?page=1&name=%E8%A1%A1')
  const stamp = { timestamp: 1718870400000, nonce: '0123456789abcdef0123456789abcdef' }
  const plain = sign({ kind: 'hmac', keyId: 'k1', secret: 'top' }, { method: 'GET', url }, stamp)
  const text = 'GET\n/v1/rows?page=1&name=%E8%A1%A1\n1718870400000\n0123456789abcdef0123456789abcdef'
  expect(plain.headers).toEqual({
    'x-key-id': 'k1',
    'x-timestamp': '1718870400000',
    'x-nonce': stamp.nonce,
    'x-signature': createHmac('sha256', 'top').update(text).digest('hex'),
  })
  const withBody = sign(
    { kind: 'hmac', keyId: 'k1', secret: 'top' },
    { method: 'GET', url, body: '{}' },
    stamp,
  )
  // sha256 of `{}`
  const digest = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
  expect(withBody.headers['x-signature']).toBe(
    createHmac('sha256', 'top').update(`${text}\n${digest}`).digest('hex'),
  )
})

test('a key goes into the header or the query that is named', () => {
  const request = { method: 'GET', url: new URL('http://host/a?b=1') } as const
  const stamp = { timestamp: 0, nonce: '' }
  expect(sign({ kind: 'key', token: 't', header: 'App-Key' }, request, stamp).headers).toEqual({
    'app-key': 't',
  })
  expect(sign({ kind: 'key', token: 't' }, request, stamp).headers).toEqual({ 'x-api-key': 't' })
  expect(sign({ kind: 'key', token: 't', query: 'ak' }, request, stamp).url.href).toBe(
    'http://host/a?b=1&ak=t',
  )
})

test('a nonce is 128 bits in hex', () => {
  expect(nonce(() => 0)).toBe('0'.repeat(32))
  expect(nonce(() => 0.999_999_999_9)).toBe('f'.repeat(32))
})

/** A server as a department would write it: stale, replayed and forged requests are turned away. */
function verifier(secret: string, now: () => number) {
  const used = new Set<string>()
  return httpServer((request, response) => {
    const header = (name: string) => String(request.headers[name])
    const lines = [request.method, request.url, header('x-timestamp'), header('x-nonce')].join('\n')
    const isRight = createHmac('sha256', secret).update(lines).digest('hex') === header('x-signature')
    const isFresh = Math.abs(now() - Number(header('x-timestamp'))) < 60_000
    const isNew = !used.has(header('x-nonce'))
    used.add(header('x-nonce'))
    if (!isRight || !isFresh || !isNew || header('x-key-id') !== 'city')
      status(response, 401, 'bad signature')
    else if (used.size === 1) status(response, 503)
    else json(response, ['welcome'])
  })
}

test.each([
  ['shared-secret', true],
  ['another-secret', false],
])('a server that verifies signatures: secret %s, accepted %s', async (secret, accepted) => {
  const context = testContext()
  await using server = await verifier('shared-secret', context.clock)
  await using client = openHttpClient({
    ...context,
    connections: 1,
    credential: { kind: 'hmac', keyId: 'city', secret },
    headers: {},
    idleSeconds: 5,
    totalSeconds: 5,
    retries: 2,
    maxBodyBytes: 1000,
  })
  const answer = client.get(new URL('/rows?名=衡水', server.url), {}, context.signal)
  // The first good request is answered 503: its repetition must carry a new nonce.
  if (accepted) expect(String((await answer).body)).toBe('["welcome"]')
  else await expect(answer).rejects.toMatchObject({ code: 'SOURCE_CREDENTIAL' })
})
