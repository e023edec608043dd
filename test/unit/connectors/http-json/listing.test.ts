import { expect, test } from 'vitest'
import { httpServer, json, status } from '../../http/server.ts'
import { readAll, request, sessionOf } from './session-of.ts'

test('records are kept as their bytes and decoded without losing a digit', async () => {
  const rows = [
    '{"id":9007199254740993,"amount": 123456789012345678901234567890.10,"who":{"name":"张三","tags":["a"]}}',
    '{ "id" : 1, "amount": -0.0, "who": null }',
    '{"id":true,"amount":"1e5","who":{"name":""},"extra":[1]}',
    '7',
  ]
  await using server = await httpServer((_, response) =>
    response.end(`{"data":{"rows":[${rows.join(' ,\n')}]}}`),
  )
  await using session = await sessionOf(server.url)
  await using listing = await session.list(request({}, { fields: ['id', 'amount', 'who.name', 'who'] }))
  const { records, raw, places } = await readAll(listing)
  expect(raw).toEqual(rows)
  expect(records.slice(0, 3)).toEqual([
    ['9007199254740993', '123456789012345678901234567890.10', '张三', '{"name":"张三","tags":["a"]}'],
    ['1', '-0.0', null, null],
    ['true', '1e5', '', '{"name":""}'],
  ])
  expect(records[3]).toMatchObject({ reason: 'malformed' })
  expect(places[3]).toEqual({ page: 1, index: 4 })
  expect(listing.end().complete).toBe(true)
})

test('a large page comes in pieces that keep their places', async () => {
  const rows = Array.from({ length: 6000 }, (_, id) => ({ id, name: 'x'.repeat(1000) }))
  await using server = await httpServer((_, response) => json(response, rows))
  await using session = await sessionOf(server.url)
  await using listing = await session.list(request({ records: '' }, { fields: ['id'] }))
  let batches = 0
  const ids: unknown[] = []
  for await (const batch of listing.batches()) {
    batches++
    expect(batch.bytes.length).toBeLessThan(2.1 * 1024 * 1024)
    for (let index = 0; index < batch.count; index++) {
      expect(batch.place(index).index).toBe(ids.length + 1)
      ids.push(listing.decode(batch, index))
    }
  }
  expect(batches).toBe(3)
  expect(ids).toEqual(rows.map((row) => [String(row.id)]))
})

test('a resource of one page is recognised by ETag, by date and by its content', async () => {
  let body = [{ id: 1, name: 'a' }]
  let headers: Record<string, string> = { etag: '"v1"', 'last-modified': 'Sat, 20 Jun 2026 00:00:00 GMT' }
  await using server = await httpServer((request, response) => {
    const isSame = headers.etag
      ? request.headers['if-none-match'] === headers.etag
      : headers['last-modified'] !== undefined &&
        request.headers['if-modified-since'] === headers['last-modified']
    if (isSame) response.writeHead(304, { ...headers, 'content-length': '26' }).end()
    else json(response, body, headers)
  })
  await using session = await sessionOf(server.url)
  const look = async (previous?: string, path = '/rows') => {
    const more = previous === undefined ? {} : { previous }
    await using listing = await session.list(request({ path, records: '' }, more))
    if (!listing.unchanged) await readAll(listing)
    return { by: listing.unchangedBy, at: listing.publishedAt?.toISOString(), end: listing.end() }
  }
  const first = await look()
  expect(first).toMatchObject({ by: undefined, at: '2026-06-20T00:00:00.000Z', end: { complete: true } })
  expect(await look(first.end.token)).toMatchObject({
    by: 'etag',
    end: { complete: true, token: first.end.token },
  })
  // Another question with the same tag is another question.
  expect((await look(first.end.token, '/other')).by).toBeUndefined()

  headers = { 'last-modified': 'Sun, 21 Jun 2026 00:00:00 GMT' }
  const dated = await look()
  expect((await look(dated.end.token)).by).toBe('last-modified')
  headers = {}
  const plain = await look()
  expect((await look(plain.end.token)).by).toBe('sha256')
  body = [{ id: 1, name: 'b' }]
  expect((await look(plain.end.token)).by).toBeUndefined()
})

test('pages have no token, so that a first page never stands for all', async () => {
  await using server = await httpServer((request, response) =>
    json(response, { data: { rows: request.url?.includes('page=1') ? [{ id: 1 }] : [] } }, { etag: '"x"' }),
  )
  await using session = await sessionOf(server.url)
  await using listing = await session.list(
    request({ paging: { kind: 'page' } }, { previous: '{"etag":"x"}' }),
  )
  await readAll(listing)
  expect(listing.end()).toEqual({ complete: true })
})

test('since is sent as it is, and the highest cursor is told as it stands', async () => {
  await using server = await httpServer((_, response) =>
    json(response, {
      data: {
        rows: [{ id: 9, name: '2026-01-02T00:00:00.000001' }, { id: 10, name: '2026-01-01' }, { id: null }],
      },
    }),
  )
  await using session = await sessionOf(server.url)
  const read = { query: { area: '衡水' }, since: { param: 'updatedSince' } }
  const since = { field: 'name', value: '2026-01-01T00:00:00+08:00' }
  await using listing = await session.list(request(read, { since, cursor: 'name' }))
  await readAll(listing)
  expect(new URL(server.asked[0] ?? '', server.url).searchParams.get('updatedSince')).toBe(since.value)
  expect(new URL(server.asked[0] ?? '', server.url).searchParams.get('area')).toBe('衡水')
  expect(listing.end().cursor).toBe('2026-01-02T00:00:00.000001')
  await using numbers = await session.list(request(read, { cursor: 'id' }))
  await readAll(numbers)
  expect(numbers.end().cursor).toBe('10')
})

test.each([
  [
    'an HTML page',
    'text/html',
    '<html><head><title>统一认证登录</title></head></html>',
    'SOURCE_NOT_JSON',
    '统一认证登录',
  ],
  [
    'HTML that says it is JSON',
    'application/json',
    '\n <!DOCTYPE html><title>WAF</title>',
    'SOURCE_NOT_JSON',
    'WAF',
  ],
  ['nothing', 'application/json', '', 'SOURCE_NOT_JSON', 'an empty body'],
  ['broken JSON', 'application/json', '{"data":{"rows":[{"id":1}],}}', 'SOURCE_NOT_JSON', 'byte'],
  ['JSON that stops', 'application/json', '{"data":{"rows":[{"id":1},{"id":', 'SOURCE_TRUNCATED', 'byte 32'],
  ['no records', 'application/json', '{"code":401,"msg":"令牌过期"}', 'SOURCE_RECORDS_MISSING', '令牌过期'],
])('%s instead of records is told as that', async (_, type, body, code, said) => {
  await using server = await httpServer((_, response) =>
    response.writeHead(200, { 'content-type': type }).end(body),
  )
  await using session = await sessionOf(server.url)
  const error = await session.list(request({})).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code })
  expect(String(error)).toContain(said)
})

test('a later page that fails stops the reading', async () => {
  await using server = await httpServer((request, response) => {
    if (request.url?.includes('page=1')) json(response, { data: { rows: [{ id: 1 }] } })
    else status(response, 500)
  })
  await using session = await sessionOf(server.url)
  await using listing = await session.list(request({ paging: { kind: 'page' } }))
  await expect(readAll(listing)).rejects.toMatchObject({ code: 'SOURCE_FAILING' })
  expect(listing.end().complete).toBe(false)
})
