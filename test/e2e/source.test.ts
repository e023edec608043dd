import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { harvestedTown, town } from './town.ts'

const secret = 'tok-7f3a9b/c d'

/** Answers every request with what it was sent, as an error: the worst that can happen to a secret. */
async function tellTale(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => {
    response.statusCode = 403
    response.end(`denied: ${request.headers.authorization ?? ''} ${request.url ?? ''}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a secret is in nothing that is said or kept, even when the source tells it', async () => {
  await using source = await tellTale()
  await using place = await town()
  await place.write(
    'sources/mz.yaml',
    `sources:
  - { code: mz_files, name: 民政文件, department: mz, kind: csv, config: { root: drops } }
  - code: api
    name: 接口
    department: mz
    kind: http-json
    config: { baseUrl: "http://127.0.0.1:${source.port}", auth: { kind: bearer, token: "env:MZ_TOKEN" }, retries: 0 }
`,
  )
  await place.write(
    'harvests/mz.yaml',
    'harvests: [{ dataset: homes, source: api, read: { path: /homes, records: rows } }]\n',
  )
  const env = { MZ_TOKEN: secret }
  await place.json(['apply'], { env })
  const said: string[] = []
  for (const words of [
    ['source', 'test', 'api'],
    ['source', 'test', 'api', '--json'],
    ['source', 'discover', 'api'],
    ['preview', 'homes'],
    ['plan', 'homes'],
    ['plan', 'homes', '--json'],
    ['harvest', 'homes'],
    ['harvest', 'homes', '--json'],
    ['runs', 'homes', '--json'],
  ]) {
    const { code, out, err } = await place.guiji(words, { env })
    expect([words, code]).toEqual([words, words[0] === 'runs' ? 0 : 1])
    said.push(out, err)
  }
  const { rows } = await place.pool.query(`select to_jsonb(r)::text as run, r.error from guiji.run r`)
  said.push(...rows.map(({ run }) => run))
  for (const form of [secret, encodeURIComponent(secret), 'tok-7f3a9b'])
    expect(said.join('\n')).not.toContain(form)
  expect(rows.length).toBeGreaterThan(0)
})

test('source test says step by step what was found, and ends with 1 where a step fails', async () => {
  await using place = await town()
  const good = await place.guiji(['source', 'test'], { lang: 'zh' })
  expect(good.code).toBe(0)
  expect(good.out).toMatch(/^源系统 mz_files 民政文件（csv）\n {2}✓ 打开目录 \(\d+ ms\) .*drops\n {2}✓ /)
  await place.write(
    'sources/mz.yaml',
    'source: { code: mz_files, name: x, department: mz, kind: csv, config: { root: nowhere } }\n',
  )
  const bad = await place.guiji(['source', 'test', 'mz_files'])
  expect(bad.code).toBe(1)
  expect(bad.out).toContain('  ✗ ')
  expect(bad.out).toContain('hint: ')
  const zh = await place.guiji(['source', 'test', 'mz_files'], { lang: 'zh' })
  expect(zh.out).toMatch(/ {2}✗ [^\n]*ms\)\n/)
  const unknown = await place.guiji(['source', 'test', 'mz_fils'])
  expect(unknown.err).toContain(
    'error SOURCE_UNKNOWN: there is no source "mz_fils"\nhint: did you mean "mz_files"?',
  )
  expect(unknown.code).toBe(2)
})

test('what discover prints as YAML can be pasted, applied and harvested', async () => {
  await using place = await town()
  await place.write('drops/people.csv', '证件 号码,Full Name,年龄\n1,a,3\n2,b,4\n')
  const { out } = await place.guiji(['source', 'discover', 'mz_files', '--yaml'])
  const start = out.indexOf('# catalog', 1)
  const [catalog = '', harvests = ''] = out.slice(start).split('# harvests/<department>.yaml')
  expect(catalog).toContain('scope: 待补 # 待补')
  await place.write('catalog/mz.yaml', `department: { code: mz, name: 民政局 }\n${catalog}`)
  await place.write('harvests/mz.yaml', harvests)
  const { unfinished } = await place.json<{ unfinished: object[] }>(['apply'])
  expect(unfinished.length).toBeGreaterThan(0)
  const code = (parse(catalog) as { datasets: { code: string }[] }).datasets[0]?.code ?? ''
  const { runs } = await place.json<{ runs: object[] }>(['harvest', code])
  expect(runs).toMatchObject([{ state: 'succeeded', inserted: '2' }])
})

test('plan tells the lane and why, and reads nothing', async () => {
  await using place = await harvestedTown()
  const { plans } = await place.json<{ plans: Record<string, unknown>[] }>(['plan'])
  expect(plans).toMatchObject([
    { dataset: 'homes', mode: 'snapshot', load: 'delta', unchangedBy: 'mtime+size', lane: null },
    { dataset: 'people', mode: 'snapshot', load: 'delta', lastRun: { state: 'succeeded' } },
  ])
  await place.write('drops/homes.csv', 'id,title,more\n1,a,b\n')
  const changed = await place.json<{ plans: Record<string, unknown>[] }>(['plan', 'homes'])
  expect(changed.plans[0]).toMatchObject({ unchangedBy: null, lane: 'rows', laneReason: 'held' })
  const { rows } = await place.pool.query('select count(*)::int as runs from guiji.run')
  expect(rows).toEqual([{ runs: 2 }])
})
