import { expect, test } from 'vitest'
import { httpServer, json, status } from '../../http/server.ts'
import { request, sessionOf } from './session-of.ts'

test('every step of a sound source is told, and a key in the query is not', async () => {
  await using server = await httpServer((request, response) =>
    request.url?.includes('ak=s3cr3t') ? json(response, []) : status(response, 401),
  )
  const auth = { kind: 'key', token: 's3cr3t', query: 'ak' }
  await using session = await sessionOf(`${server.url}/api/`, { auth, discover: ['/areas?level=2'] })
  const told = await Array.fromAsync(session.test())
  expect(told.map((step) => [step.name.en, step.ok])).toEqual([
    ['name resolution', true],
    ['connection', true],
    ['answer', true],
  ])
  expect(server.asked).toEqual(['/api/areas?level=2&ak=s3cr3t'])
  expect(JSON.stringify(told)).not.toContain('s3cr3t')
})

test.each([
  ['http://no-such-host.invalid', 'SOURCE_NAME_UNKNOWN', 'source-unreachable:dns', 1],
  ['http://127.0.0.1:1', 'SOURCE_REFUSED', 'source-unreachable:refused', 2],
])('%s is told as what it is', async (url, code, cause, last) => {
  await using session = await sessionOf(url)
  const told = await Array.fromAsync(session.test())
  expect(told).toHaveLength(last)
  expect(told.at(-1)).toMatchObject({ ok: false, cause, error: { code } })
})

test('a base address that has nothing of its own is no fault, a refused credential is', async () => {
  let code = 404
  await using server = await httpServer((_, response) => status(response, code))
  await using session = await sessionOf(server.url)
  expect((await Array.fromAsync(session.test())).at(-1)).toMatchObject({ ok: true })
  code = 401
  expect((await Array.fromAsync(session.test())).at(-1)).toMatchObject({
    ok: false,
    cause: 'source-unreachable:credential',
  })
})

test('lists of objects are discovered with the read that reads them', async () => {
  const list = [
    { 编码: '131102', since: '1996-05-31', people: 1 },
    { 编码: '131103', since: null, people: 2.5 },
  ]
  await using server = await httpServer((_, response) =>
    json(response, { total: 2, data: { rows: list, none: [] } }),
  )
  await using session = await sessionOf(server.url, { discover: ['/areas'] })
  expect(await Array.fromAsync(session.discover())).toEqual([
    {
      name: '/areas data.rows',
      read: { path: '/areas', records: 'data.rows' },
      fields: [
        { name: '编码', sourceType: 'text', type: 'integer', nullable: false, key: false },
        { name: 'since', sourceType: 'text', type: 'date', nullable: true, key: false },
        { name: 'people', sourceType: 'text', type: 'decimal', nullable: false, key: false },
      ],
    },
  ])
})

test('an address that is none is refused', async () => {
  await expect(sessionOf('ftp://host')).rejects.toMatchObject({ code: 'SOURCE_CONFIG_INVALID' })
})

test('a secret reference in the query is told instead of sent', async () => {
  await using server = await httpServer((_, response) => json(response, []))
  await using session = await sessionOf(server.url)
  await expect(session.list(request({ query: { token: 'env:TOKEN' } }))).rejects.toMatchObject({
    code: 'SOURCE_CONFIG_INVALID',
    details: { property: 'read.query.token' },
  })
  expect(server.asked).toEqual([])
})
