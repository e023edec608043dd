/**
 * Secrets are planted in every place where a source can hold one, the sources throw them back in every way they can
 * fail, and everything guiji says and keeps is searched for them, in every form.
 */
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretForms } from '../../src/http/secret-forms.ts'
import { quote } from '../../src/store/identifiers.ts'
import { startGuiji } from '../e2e/guiji.ts'
import { type Town, town } from '../e2e/town.ts'
import { httpServer, status, type TestServer } from '../unit/http/server.ts'

/** Each with characters that URLs, JSON, headers and shells treat in their own ways. */
const secretOf = (name: string) => `CANARY-${name}-7f3a/+"=\\&%'@:b91c`
const secrets = {
  BEARER: secretOf('bearer'),
  HEADER_KEY: secretOf('header'),
  HMAC: secretOf('hmac'),
  FURTHER: secretOf('further'),
  PG_PASSWORD: secretOf('password'),
  PG_URL: '',
  PG_TLS_URL: '',
}
const fileSecret = secretOf('file')
const urlPassword = secretOf('url')

let place: Town
let echo: TestServer
beforeAll(async () => {
  echo = await httpServer((request, response) => answer(request, response))
  place = await town()
  await writeWorkspace()
}, 60_000)
afterAll(async () => {
  await place[Symbol.asyncDispose]()
  await echo[Symbol.asyncDispose]()
})

/** Throws back whatever it was asked with, in the way that the path names. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { url = '', rawHeaders } = request
  const said = `${url} ${decodeURIComponent(url.replaceAll('+', ' '))} ${rawHeaders.join(' ')} ${Buffer.from(rawHeaders.join(' ')).toString('base64')}`
  const way = new URL(url, 'http://host').pathname.slice(1)
  const typed = (body: string, type: string) => status(response, 200, body, { 'content-type': type })
  if (way === '200') typed(JSON.stringify({ said }), 'application/json')
  else if (way === 'broken') typed(`[{"id": ${said}`, 'application/json')
  else if (way === 'html') typed(`<title>${said}</title>`, 'text/html')
  else if (way === 'cut') {
    response.writeHead(200, { 'content-length': 9000 })
    response.write(said, () => response.destroy())
  } else if (way === 'away') {
    status(response, 302, '', { location: `http://other.invalid${url}#${encodeURIComponent(said)}` })
  } else status(response, Number(way), said)
}

const ways = ['200', 'broken', 'html', 'cut', 'away', '400', '401', '403', '404', '429', '500'] as const

const auths: Readonly<Record<string, string>> = {
  bearer: 'auth: { kind: bearer, token: "env:BEARER" }',
  header: 'auth: { kind: key, token: "env:HEADER_KEY", header: X-Api-Key }',
  query: 'auth: { kind: key, token: "file:secrets/key", query: appkey }',
  hmac: 'auth: { kind: hmac, keyId: public, secret: "env:HMAC" }',
  further: 'headers: { X-Token: "env:FURTHER" }',
}

async function writeWorkspace(): Promise<void> {
  const database = new URL(place.url)
  database.password = encodeURIComponent(urlPassword)
  secrets.PG_URL = database.href
  database.searchParams.set('sslmode', 'require')
  secrets.PG_TLS_URL = database.href
  const found = new URL(place.url)
  const own = `host: "${found.hostname}", port: ${found.port}, database: "${found.pathname.slice(1)}"`
  const api = (code: string, baseUrl: string, auth: string) =>
    `  - { code: ${code}, name: ${code}, department: mz, kind: http-json, config: { baseUrl: "${baseUrl}", retries: 0, discover: ["/200"], ${auth} } }`
  const db = (code: string, config: string) =>
    `  - { code: ${code}, name: ${code}, department: mz, kind: postgres, config: { ${config} } }`
  const tls = echo.url.replace('http:', 'https:')
  const sources = [
    // One for each way, or the source would be left alone after three failures.
    ...Object.entries(auths).flatMap(([code, auth]) =>
      ways.map((way) => api(`${code}_${way}`, echo.url, auth)),
    ),
    ...Object.entries(auths).map(([code, auth]) => api(`${code}_tls`, tls, auth)),
    db('url', 'url: "env:PG_URL"'),
    db('url_tls', 'url: "env:PG_TLS_URL"'),
    db('parts', `${own}, user: "CANARY-user", password: "env:PG_PASSWORD"`),
  ]
  const harvests: [string, string, string][] = Object.keys(auths).flatMap((code) =>
    ways.map((way): [string, string, string] => [
      `${code}_${way}`,
      `${code}_${way}`,
      `{ path: /${way}, records: rows }`,
    ]),
  )
  for (const code of Object.keys(auths))
    harvests.push([`${code}_tls`, `${code}_tls`, '{ path: /200, records: rows }'])
  for (const code of ['url', 'url_tls', 'parts'])
    harvests.push([code, code, '{ query: "select syntax error from" }'])
  const dataset = (code: string) =>
    `  - { code: ${code}, name: ${code}, format: text, sharing: { type: 无条件共享, methods: [文件下载], conditions: 无 }, grading: { class: 公共数据, level: 一般 }, commitment: 每日, items: [{ code: id, name: 编号, key: true }] }`
  const head = 'department: { code: mz, name: 市民政局, contact: { name: 李四 } }\ndatasets:'
  await place.write('secrets/key', `${fileSecret}\n`)
  await place.write('catalog/mz.yaml', [head, ...harvests.map(([code]) => dataset(code))].join('\n'))
  await place.write('sources/mz.yaml', ['sources:', ...sources].join('\n'))
  const harvestLines = harvests.map(
    ([code, source, read]) => `  - { dataset: ${code}, source: ${source}, read: ${read} }`,
  )
  await place.write('harvests/mz.yaml', ['harvests:', ...harvestLines].join('\n'))
}

const forms = () => secretForms([...Object.values(secrets), fileSecret, urlPassword])

/** The secrets that a text holds. */
function found(text: string): string[] {
  return forms().filter((form) => text.includes(form))
}

/** Arguments of all processes of this machine that can be seen. */
async function processArguments(): Promise<string> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  )
  return lines.join('\n')
}

test('no secret of a source leaves it', { timeout: 240_000 }, async () => {
  const globals = ['--workspace', place.directory, '--store', place.url]
  let said = ''
  let places = 0
  let seenArguments = 0
  const run = async (words: readonly string[], lang: 'zh' | 'en' = 'en') => {
    // Debug output of Node itself, as far as it does not show what goes over the wire.
    const env = {
      ...secrets,
      NODE_DEBUG: 'module_timer,dns',
      NODE_OPTIONS: '--trace-uncaught --trace-warnings',
    }
    const running = startGuiji([...globals, ...words], { env, lang })
    let ended = false
    const finished = running.finished.finally(() => {
      ended = true
    })
    while (!ended) {
      expect(found(await processArguments())).toEqual([])
      seenArguments++
      await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, 100))])
    }
    const { out, err } = await finished
    said += `\n${words.join(' ')}\n${out}${err}`
    places++
  }
  await run(['apply'])
  await run(['source', 'test', '--json'], 'zh')
  await run(['source', 'discover', 'query_200'])
  await run(['harvest', '--all', '--profile'], 'zh')
  await run(['harvest', '--all', '--json'])
  await run(['preview', 'query_500'])
  await run(['plan', 'header_401', '--json'])
  await run(['status', '--json'])
  await run(['runs', '--json', '--limit', '500'])
  await run(['runs'], 'zh')
  await run(['export', 'bearer_200'])
  await run(['apply', '--json'])

  const { pool } = place
  const { rows: runs } = await pool.query<{ code: string; count: bigint }>(
    `select error->>'code' as code, count(*) as count from guiji.run where state = 'failed' group by 1 order by 1`,
  )
  const codes = runs.map(({ code }) => code)
  for (const code of [
    'SOURCE_CREDENTIAL',
    'SOURCE_BLOCKED',
    'SOURCE_STATUS',
    'SOURCE_NOT_FOUND',
    'SOURCE_FAILING',
    'SOURCE_TLS',
    'SOURCE_NOT_JSON',
    'SOURCE_REDIRECTED',
    'SOURCE_RECORDS_MISSING',
    'SOURCE_TRUNCATED',
  ])
    expect(codes).toContain(code)
  expect(codes).not.toContain('SECRET_MISSING')

  const { rows: relations } = await pool.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^(pg_|information_schema)' order by 1, 2`,
  )
  let dumped = ''
  for (const { schema, name } of relations) {
    const { rows } = await pool.query<{ row: string }>(
      `select t::text as row from ${quote(schema)}.${quote(name)} t`,
    )
    dumped += rows.map(({ row }) => row).join('\n')
  }
  const { rows: activity } = await pool.query<{ query: string }>('select query from pg_stat_activity')
  dumped += activity.map(({ query }) => query).join('\n')

  expect(said.length).toBeGreaterThan(20_000)
  expect(dumped).toContain('env:BEARER')
  expect([found(said), found(dumped)]).toEqual([[], []])
  // What is searched for would be found: the sources were asked with every secret but those of signatures.
  expect(found(echo.asked.join('\n')).length).toBeGreaterThan(0)
  const failures = runs.reduce((sum, { count }) => sum + count, 0n)
  console.log(
    `canary: ${forms().length} forms of ${Object.keys(secrets).length + 2} secrets, ${places} commands, ${failures} failed runs, ` +
      `${relations.length} relations, ${seenArguments} looks at process arguments: 0 found`,
  )
})
