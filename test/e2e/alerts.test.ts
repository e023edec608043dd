import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { receiver } from '../integration/alerts/receiver.ts'
import { startGuiji } from './guiji.ts'
import { harvestedTown, settings, type Town, town } from './town.ts'

interface Listed {
  readonly alerts: readonly {
    readonly id: string
    readonly kind: string
    readonly article: number | null
    readonly datasets: readonly string[]
    readonly closedAt: string | null
    readonly deliveries: readonly { readonly sink: string; readonly event: string; readonly state: string }[]
  }[]
}

const env = { HOOK_KEY: 'hunter2-signing-key' }

/** A town whose source lacks a file, so that the run of `homes` failed. */
async function brokenTown(alerts: string): Promise<Town> {
  const place = await town()
  await place.write('guiji.yaml', `${settings}${alerts}`)
  await rm(path.join(place.directory, 'drops/homes.csv'))
  await place.json(['apply'])
  await place.guiji(['harvest', 'homes'])
  return place
}

const webhook = (url: string) => `alerts:
  language: en
  sinks:
    duty: { kind: webhook, url: ${url}, secret: env:HOOK_KEY }
    log: { kind: file, path: alerts.ndjson }
`

test('a failed run is told once, and its end once, whoever looks', async () => {
  await using hook = await receiver()
  await using place = await brokenTown(`${webhook(hook.url)}  heartbeat: ${hook.url}/alive\n`)
  const first = await place.json<Record<string, unknown>>(['alerts', 'check'], { env })
  expect(first).toMatchObject({ opened: 1, delivered: 2, failed: 0, heartbeat: true })
  await place.write('drops/homes.csv', 'id,title\n1,阳光\n')
  await place.guiji(['harvest', 'homes'])
  await place.json(['alerts', 'check'], { env })
  const posts = hook.received.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body))
  expect(posts.map(({ type, data }) => [type, data.kind, data.datasets])).toEqual([
    ['alert.opened', 'run-failed', ['homes']],
    ['alert.resolved', 'run-failed', ['homes']],
  ])
  expect(hook.received.filter(({ url }) => url === '/hook/alive')).toHaveLength(2)
  const lines = (await readFile(path.join(place.directory, 'alerts.ndjson'), 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['opened', 'resolved'])
  const all = await place.json<Listed>(['alerts'])
  expect(all.alerts).toMatchObject([{ kind: 'run-failed', closedAt: expect.any(String) }])
  expect(all.alerts[0]?.deliveries).toHaveLength(4)
  const { out } = await place.guiji(['alerts'])
  expect(out).toMatch(/run failed +mz_files .*duty, log, duty, log/)
})

/** Waits until the store says so: a server sees that its client was killed a moment later. */
async function until(place: Town, question: string): Promise<void> {
  while ((await place.pool.query<{ reached: boolean }>(question)).rows[0]?.reached !== true) await sleep(20)
}

test('kill -9 while the message is on its way: it comes again, with the same id, and is done', async () => {
  await using hook = await receiver((response, number) => {
    if (number > 1) response.writeHead(204).end()
  })
  await using place = await brokenTown(webhook(hook.url).replace(/^ +log:.*$/m, ''))
  const words = ['--workspace', place.directory, '--store', place.url, 'alerts', 'check']
  const running = startGuiji(words, { env })
  await hook.until(1)
  running.child.kill('SIGKILL')
  await running.finished
  await until(
    place,
    `select count(*) = 0 as reached from pg_stat_activity
    where datname = current_database() and state = 'idle in transaction'`,
  )
  expect(await place.json(['alerts', 'check'], { env })).toMatchObject({ opened: 0, delivered: 1, failed: 0 })
  const ids = hook.received.map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(2)
  expect(ids[0]).toBe(ids[1])
  const { rows } = await place.pool.query('select distinct state from guiji.alert_delivery')
  expect(rows).toEqual([{ state: 'delivered' }])
})

test('a person tries a sink, records what guiji cannot see, and ends it', async () => {
  await using hook = await receiver((response, number) => response.writeHead(number === 1 ? 204 : 500).end())
  await using place = await town()
  await place.write('guiji.yaml', `${settings}${webhook(hook.url)}`)
  await place.json(['apply'])
  expect(await place.guiji(['alerts', 'test', 'duty'], { env })).toMatchObject({ code: 0 })
  expect(JSON.parse(hook.received[0]?.body ?? '')).toMatchObject({ type: 'alert.test' })
  const refused = await place.guiji(['alerts', 'test', 'duty'], { env })
  expect(refused.code).toBe(1)
  expect(refused.err).toMatch(/SINK_FAILED.*500/s)
  const words = ['--department', 'mz', '--note', '12 号申请'] as const
  const raised = await place.json<{ alert: string }>(['alerts', 'raise', 'answer-late', ...words], { env })
  const open = await place.json<Listed>(['alerts', '--open'])
  expect(open.alerts).toMatchObject([{ id: raised.alert, kind: 'answer-late', article: 39 }])
  await place.json(['alerts', 'settle', raised.alert], { env })
})

test('a name that is none is refused with the nearest that is', async () => {
  await using place = await town()
  await place.write('guiji.yaml', `${settings}${webhook('https://x.test/')}`)
  expect((await place.guiji(['alerts', 'test', 'dutty'], { env })).err).toMatch(
    /SINK_UNKNOWN.*did you mean "duty"/s,
  )
  const raised = await place.guiji(['alerts', 'raise', 'answer-lat', '--department', 'mz', '--note', 'x'], {
    env,
  })
  expect(raised.err).toMatch(/ALERT_KIND_UNKNOWN.*did you mean "answer-late"/s)
})

test('what verify finds is told', async () => {
  await using place = await harvestedTown()
  await place.pool.query('delete from store.homes where id in (select id from store.homes limit 1)')
  expect((await place.guiji(['verify'])).code).toBe(1)
  expect(await place.json(['alerts', 'check'])).toMatchObject({ opened: 1 })
  const { alerts } = await place.json<Listed>(['alerts', '--open'])
  expect(alerts).toMatchObject([{ kind: 'count-drift', datasets: ['homes'] }])
})

test.each([
  ['a sink nobody declares', '  to: [dutty]\n', /guiji\.yaml:\d+:\d+.*dutty.*duty/s],
  [
    'a secret that is none',
    '    open: { kind: webhook, url: https://x/, secret: hunter2 }\n',
    /guiji\.yaml:\d+:\d+/,
  ],
  [
    'a name and password in an address',
    '    open: { kind: webhook, url: https://a:b@x/, secret: env:K }\n',
    /guiji\.yaml/,
  ],
  ['a mail without a receiver', '    open: { kind: email, host: h, from: a@b.c }\n', /guiji\.yaml.*to/s],
])('%s is a mistake in the document', async (_, line, message) => {
  await using place = await town()
  await place.write('guiji.yaml', `${settings}${webhook('https://x.test/')}${line}`)
  const { code, out, err } = await place.guiji(['apply', '--dry-run'])
  expect(code).toBe(2)
  expect(`${out}${err}`).toMatch(message)
  expect(`${out}${err}`).not.toContain('hunter2')
})
