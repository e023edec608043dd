import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import { type HttpSettings, openHttpClient } from '../../../src/http/client.ts'
import { userAgent } from '../../../src/http/refusal.ts'
import { retryWait } from '../../../src/http/retry.ts'
import { type TestContext, testContext } from './context.ts'
import { type Answer, httpServer, json, status } from './server.ts'

const secret = 's3cr3t/t0ken='

function settings(context: TestContext, more: Partial<HttpSettings> = {}): HttpSettings {
  return {
    ...context,
    connections: 2,
    credential: { kind: 'bearer', token: secret },
    headers: {},
    idleSeconds: 5,
    totalSeconds: 10,
    retries: 3,
    maxBodyBytes: 1024 * 1024,
    ...more,
  }
}

async function ask(answer: Answer, more: Partial<HttpSettings> = {}, path = '/rows?key=abcd1234') {
  await using server = await httpServer(answer)
  const context = testContext()
  await using client = openHttpClient(settings(context, more))
  const url = new URL(path, server.url)
  const result = await client.get(url, {}, context.signal).then(
    (found) => ({ found }),
    (error: unknown) => ({ error }),
  )
  const error = 'error' in result ? result.error : undefined
  if (error !== undefined && !(error instanceof GuijiError)) throw error
  if (error) {
    const said = JSON.stringify([error.message, error.details, error.fact('zh'), error.hint('en')])
    expect(said).not.toContain(secret)
    expect(said).not.toContain(encodeURIComponent(secret))
    expect(said).not.toContain('abcd1234')
  }
  return {
    answer: 'found' in result ? result.found : undefined,
    error,
    asked: server.asked,
    waits: context.waits,
  }
}

test('says who it is and gives back status, headers and body', async () => {
  const { answer } = await ask((request, response) =>
    json(response, { agent: request.headers['user-agent'], auth: request.headers.authorization }),
  )
  expect(answer?.status).toBe(200)
  expect(answer?.header('content-type')).toMatch(/json/)
  expect(JSON.parse(String(answer?.body))).toEqual({ agent: userAgent, auth: `Bearer ${secret}` })
})

test.each([
  [401, 'SOURCE_CREDENTIAL', 'source-unreachable:credential'],
  [403, 'SOURCE_BLOCKED', 'source-unreachable:blocked'],
  [404, 'SOURCE_NOT_FOUND', 'source-wrong:schema'],
  [400, 'SOURCE_STATUS', 'source-wrong:content'],
])('%i is told at once and never asked again', async (code, expected, cause) => {
  const { error, asked } = await ask((_, response) =>
    status(response, code, `no: ${secret} ${encodeURIComponent(secret)}`),
  )
  expect(error?.code).toBe(expected)
  expect(error?.blame).toBe(cause)
  expect(error?.recovery).toBe('abort')
  expect(asked).toHaveLength(1)
})

test('403 asks the department to open its firewall for this user agent', async () => {
  const { error } = await ask((_, response) =>
    status(response, 403, '<html><head><title>WAF  拦截</title></head></html>', {
      'content-type': 'text/html',
    }),
  )
  expect(error?.hint('en')).toContain(userAgent)
  expect(error?.details.detail).toBe('status 403, "WAF 拦截"')
})

test('500 and then an answer is an answer', async () => {
  const { answer, waits } = await ask((_, response, nth) =>
    nth < 3 ? status(response, 500) : json(response, []),
  )
  expect(String(answer?.body)).toBe('[]')
  expect(waits).toHaveLength(2)
  expect(waits[0]).toBeGreaterThanOrEqual(0)
  expect(waits[0]).toBeLessThan(500)
  expect(waits[1]).toBeGreaterThan(0)
  expect(waits[1]).toBeLessThan(1000)
})

test.each([408, 425, 429])('%i is asked again', async (code) => {
  const { answer, asked } = await ask((_, response, nth) =>
    nth < 2 ? status(response, code) : json(response, []),
  )
  expect(answer?.status).toBe(200)
  expect(asked).toHaveLength(2)
})

test('waits are spread over the whole doubled interval', () => {
  const shares = [0, 0.25, 0.999]
  expect(shares.map((share) => retryWait(1, undefined, () => share))).toEqual([0, 125, 499.5])
  expect(shares.map((share) => retryWait(3, undefined, () => share))).toEqual([0, 500, 1998])
  expect(retryWait(30, undefined, () => 0.5)).toBe(60_000)
  expect(retryWait(1, 999_999, () => 0)).toBe(120_000)
})

test('a secret that lies across the end of what is shown is not left by half', async () => {
  const { error } = await ask((_, response) => status(response, 400, `${'x'.repeat(195)}${secret}`))
  expect(String(error?.details.detail)).not.toContain(secret.slice(0, 4))
})

test('headers without end are told', async () => {
  const { error, asked } = await ask((_, response) => {
    response.writeHead(200, { 'x-long': 'x'.repeat(40_000) })
    response.end('[]')
  })
  expect(error?.code).toBe('SOURCE_HEADERS_TOO_LARGE')
  expect(asked).toHaveLength(1)
})

test('500 for ever is given up after the retries', async () => {
  const { error, asked } = await ask((_, response) => status(response, 500, 'ORA-12541'))
  expect(error?.code).toBe('SOURCE_FAILING')
  expect(error?.details).toMatchObject({ status: 500, attempts: 4 })
  expect(error?.recovery).toBe('retry')
  expect(asked).toHaveLength(4)
})

test('429 waits as long as it is asked to, in seconds or until a date, but not for ever', async () => {
  const headers = ['7', new Date(Date.UTC(2026, 0, 1, 0, 0, 37)).toUTCString(), '86400']
  const { answer, waits } = await ask((_, response, nth) => {
    const asked = headers[nth - 1]
    if (asked === undefined) json(response, [])
    else status(response, 429, '', { 'retry-after': asked })
  })
  expect(answer?.status).toBe(200)
  expect(waits).toEqual([7000, 30_000, 120_000])
})

test('429 for ever tells to be more polite', async () => {
  const { error } = await ask((_, response) => status(response, 429), { retries: 1 })
  expect(error?.code).toBe('SOURCE_BUSY')
  expect(error?.hint('en')).toContain('requestsPerSecond')
})

test('a body cut off is asked for again and then told', async () => {
  const { error, asked } = await ask((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('[{"id":1}', () => response.destroy())
  })
  expect(error?.code).toBe('SOURCE_TRUNCATED')
  expect(error?.blame).toBe('source-wrong:truncated')
  expect(asked).toHaveLength(4)
})

test('a chunked body cut off is told as well', async () => {
  const { error } = await ask((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('[{"id":1}', () => response.destroy())
  })
  expect(error?.code).toBe('SOURCE_TRUNCATED')
})

test('a system that accepts and says nothing is a time-out', async () => {
  const { error, asked } = await ask(() => {}, { idleSeconds: 0.2, retries: 1 })
  expect(error?.code).toBe('SOURCE_TIMEOUT')
  expect(error?.details.what).toBe('the first byte')
  expect(asked).toHaveLength(2)
})

test('a body that stops in the middle is a time-out', async () => {
  const { error } = await ask((_, response) => response.writeHead(200).write('[1'), {
    idleSeconds: 0.2,
    retries: 0,
  })
  expect(error?.code).toBe('SOURCE_TIMEOUT')
  expect(error?.details.what).toBe('the next byte')
})

test('a body that drips for ever ends with the total time-out, once', async () => {
  const { error, asked } = await ask(
    (_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    },
    { totalSeconds: 0.3, retries: 3 },
  )
  expect(error?.code).toBe('SOURCE_TIMEOUT')
  expect(error?.details).toMatchObject({ what: 'the whole answer', seconds: 0.3 })
  expect(asked).toHaveLength(1)
})

test('a body that is too large is not read to its end', async () => {
  const { error } = await ask((_, response) => response.end(Buffer.alloc(4 * 1024 * 1024, 0x20)))
  expect(error?.code).toBe('SOURCE_TOO_LARGE')
  const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024, 0x20))
  const packed = await ask((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
  expect(packed.error?.code).toBe('SOURCE_TOO_LARGE')
})

test('compressed bodies and GBK bodies arrive as UTF-8', async () => {
  const packed = await ask((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('["衡水"]')),
  )
  expect(String(packed.answer?.body)).toBe('["衡水"]')
  const gbk = Buffer.from([0x5b, 0x22, 0xba, 0xe2, 0xcb, 0xae, 0x22, 0x5d])
  const old = await ask((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json;charset=GBK' }).end(gbk),
  )
  expect(String(old.answer?.body)).toBe('["衡水"]')
  const half = gzipSync('["衡水衡水衡水"]').subarray(0, 20)
  const cut = await ask((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(half))
  expect(cut.error?.code).toBe('SOURCE_TRUNCATED')
})

test('redirects are followed on the same host and nowhere else', async () => {
  const near = await ask((request, response) =>
    request.url?.startsWith('/new')
      ? json(response, ['new'])
      : status(response, 302, '', { location: '/new' }),
  )
  expect(String(near.answer?.body)).toBe('["new"]')
  await using other = await httpServer((_, response) => json(response, ['stolen']))
  const far = await ask((_, response) =>
    status(response, 301, '', { location: `${other.url}/x?token=abcd1234` }),
  )
  expect(far.error?.code).toBe('SOURCE_REDIRECTED')
  expect(far.error?.details.target).toBe(`${other.url}/x?token=***`)
  expect(other.asked).toEqual([])
  const round = await ask((_, response) => status(response, 307, '', { location: '/again' }))
  expect(round.error?.code).toBe('SOURCE_REDIRECT_LOOP')
})

test('a closed port is refused and a name that is none is unknown', async () => {
  const context = testContext()
  await using client = openHttpClient(settings(context, { retries: 1 }))
  await expect(client.get(new URL('http://127.0.0.1:1/'), {}, context.signal)).rejects.toMatchObject({
    code: 'SOURCE_REFUSED',
    details: { address: '127.0.0.1:1' },
  })
  expect(context.waits).toHaveLength(1)
  await expect(client.get(new URL('http://no-such-host.invalid/'), {}, context.signal)).rejects.toMatchObject(
    {
      code: 'SOURCE_NAME_UNKNOWN',
      details: { host: 'no-such-host.invalid' },
    },
  )
})

test('https to a plain port is a matter of TLS', async () => {
  await using server = await httpServer((_, response) => json(response, []))
  const context = testContext()
  await using client = openHttpClient(settings(context, { retries: 0 }))
  const url = new URL(server.url.replace('http:', 'https:'))
  await expect(client.get(url, {}, context.signal)).rejects.toMatchObject({ code: 'SOURCE_TLS' })
})

test('requests are spaced evenly, also when they come together', async () => {
  await using server = await httpServer((_, response) => json(response, []))
  const context = testContext()
  await using client = openHttpClient(settings(context, { requestsPerSecond: 4 }))
  const url = new URL(server.url)
  for (let turn = 0; turn < 3; turn++) await client.get(url, {}, context.signal)
  expect(context.waits).toEqual([250, 250])
})

test('an abort is an abort and no failure of the source', async () => {
  await using server = await httpServer(() => context.abort())
  const context = testContext()
  await using client = openHttpClient(settings(context))
  await expect(client.get(new URL(server.url), {}, context.signal)).rejects.toThrow(/abort/i)
  expect(server.asked).toHaveLength(1)
})
