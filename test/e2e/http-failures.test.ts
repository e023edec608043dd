import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpServer, json, status, type TestServer } from '../unit/http/server.ts'
import { type Town, town } from './town.ts'

/** What the source does from now on; told its page by the request. */
let behave: (response: ServerResponse, page: number) => void
let source: TestServer
let place: Town

const page = (number: number) => ({
  rows: [1, 2].map((at) => ({ id: `${number}-${at}`, title: '甲' })),
  total: 6,
})
const good = (response: ServerResponse, number: number) => json(response, page(number))

beforeAll(async () => {
  behave = good
  source = await httpServer((request, response) => {
    if (request.headers.authorization !== 'Bearer right') return status(response, 401, 'who are you?')
    behave(response, Number(new URL(request.url ?? '', 'http://x').searchParams.get('page')))
  })
  place = await town()
  await place.write('harvests/mz.yaml', harvest)
  await place.write('sources/mz.yaml', sourceAt(source.url))
  await place.json(['apply'])
  await place.json(['harvest', 'homes'], { env: { TOKEN: 'right' } })
})
afterAll(async () => {
  await place[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

const harvest = `harvests:
  - dataset: homes
    source: slow
    read: { path: /homes, records: rows, paging: { kind: page, size: 2, totalPath: total } }
`
function sourceAt(url: string): string {
  return `source:
  code: slow
  name: 慢接口
  department: mz
  kind: http-json
  config: { baseUrl: "${url}", retries: 1, idleSeconds: 5, auth: { kind: bearer, token: "env:TOKEN" } }
`
}

interface Run {
  readonly state: string
  readonly cause: string
  readonly heldAfter: string
  readonly error: { readonly code: string; readonly fact: string; readonly hint: string }
}

/** Harvests once, sees that it fails and that analysts still see the rows of before, and gives the run's record. */
async function failedRun(token = 'right'): Promise<Run> {
  const env = { TOKEN: token }
  const { runs } = await place.json<{ runs: Run[] }>(['harvest', 'homes'], { env, code: 1 })
  expect(runs).toMatchObject([{ state: 'failed', heldAfter: '6' }])
  const { rows } = await place.pool.query('select id from mz.homes order by id')
  expect(rows.map(({ id }) => id)).toEqual(['1-1', '1-2', '2-1', '2-2', '3-1', '3-2'])
  const { runs: recorded } = await place.json<{ runs: Run[] }>(['runs', 'homes', '--limit', '1'])
  const [run] = recorded
  if (run === undefined) throw new Error('no run is recorded')
  expect(run.error.hint).not.toBe('')
  expect(run.error.fact + run.error.hint).not.toMatch(/[{}]|undefined/)
  return run
}

const cases: [string, typeof behave, { code: string; cause: string; fact: RegExp; hint: RegExp }][] = [
  [
    '403',
    (response) => status(response, 403, 'blocked by the firewall'),
    { code: 'SOURCE_BLOCKED', cause: 'source-unreachable:blocked', fact: /403.*firewall/, hint: /firewall/ },
  ],
  [
    '429 for ever',
    (response) => status(response, 429, 'slow down', { 'retry-after': '0' }),
    { code: 'SOURCE_BUSY', cause: 'source-unreachable:refused', fact: /429/, hint: /requestsPerSecond/ },
  ],
  [
    '500 on the second page',
    (response, number) => (number < 2 ? good(response, number) : status(response, 500, 'oops')),
    { code: 'SOURCE_FAILING', cause: 'source-unreachable:refused', fact: /500.*page=2.*2 time/, hint: /log/ },
  ],
  [
    'HTML instead of JSON',
    (response) => status(response, 200, '<html>please log in</html>', { 'content-type': 'text/html' }),
    { code: 'SOURCE_NOT_JSON', cause: 'source-wrong:content', fact: /html.*homes/i, hint: /browser/ },
  ],
  [
    'a page that repeats for ever',
    (response) => json(response, { ...page(1), total: 600 }),
    { code: 'SOURCE_PAGE_REPEATED', cause: 'source-wrong:content', fact: /page 2/, hint: /paging/ },
  ],
  [
    'a body cut off',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
      response.write('{"rows":[{"id":"1-1"', () => response.destroy())
    },
    { code: 'SOURCE_TRUNCATED', cause: 'source-wrong:truncated', fact: /cut off/, hint: /run again/ },
  ],
]

test.each(cases)('%s', async (_, behaviour, { code, cause, fact, hint }) => {
  behave = behaviour
  const run = await failedRun()
  expect(run).toMatchObject({ state: 'failed', cause, error: { code } })
  expect(run.error.fact).toMatch(fact)
  expect(run.error.hint).toMatch(hint)
})

test('a token that is refused, and one that is not set', async () => {
  behave = good
  const refused = await failedRun('wrong-secret')
  expect(refused).toMatchObject({
    cause: 'source-unreachable:credential',
    error: { code: 'SOURCE_CREDENTIAL' },
  })
  expect(JSON.stringify(refused)).not.toContain('wrong-secret')
  const unset = await place.guiji(['harvest', 'homes'])
  expect(unset.code).toBe(1)
  expect(unset.out + unset.err).toContain('TOKEN')
})

test('a source that is down', async () => {
  await using nobody = await httpServer(() => {})
  const { url } = nobody
  await nobody[Symbol.asyncDispose]()
  await place.write('sources/mz.yaml', sourceAt(url))
  await place.json(['apply'])
  const run = await failedRun()
  expect(run).toMatchObject({ cause: 'source-unreachable:refused', error: { code: 'SOURCE_REFUSED' } })
})
