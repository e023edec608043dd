import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { startListener } from '../../../src/observe/listener.ts'
import { writeMetrics } from '../../../src/observe/prometheus.ts'
import { type City, city } from '../freshness/city.ts'
import { readExposition } from './exposition.ts'

const now = '2026-11-09T02:00Z'

async function listening(town: City, signal = new AbortController().signal) {
  return await startListener({
    db: town.db,
    host: '127.0.0.1',
    port: 0,
    clock: () => Date.parse(now),
    signal,
  })
}

async function busyCity(): Promise<City> {
  const town = await city()
  const { id, harvest } = await town.dataset('d', { cycle: 'irregular', from: '2026-01-01' })
  const dataset = { id, harvest }
  await sql`insert into guiji.department (code, name) values ('mzj', '民政局')`.execute(town.db)
  await sql`insert into guiji.dataset_state (dataset_id, held, received, open_rejects)
    values (${id}, 9007199254740993, 9007199254740995, 7)`.execute(town.db)
  await town.run(dataset, '2026-11-09T00:30Z', { visible: '2026-11-09T00:40Z' })
  await town.run(dataset, '2026-11-09T01:30Z', {
    state: 'failed',
    cause: 'platform-failed',
    finished: '2026-11-09T01:31Z',
  })
  await town.run(dataset, '2026-11-09T01:50Z', { state: 'running', complete: false })
  await sql`insert into guiji.slot (harvest_id, instant, meant_at, origin, source)
    select ${harvest}, at, at, 'cadence', 'mzj_db'
    from unnest(array['2026-11-09T01:00Z', '2026-11-09T03:00Z']::timestamptz[]) at`.execute(town.db)
  await sql`insert into guiji.alert (kind, key, origin, opened_at, seen_at)
    values ('run-failed', 'k', 'check', ${now}, ${now})`.execute(town.db)
  await sql`insert into guiji.alert_check (at) values ('2026-11-09T01:55Z')`.execute(town.db)
  return town
}

describe('metrics', () => {
  test('tell the whole store in the format, every digit of a count', async () => {
    await using town = await busyCity()
    await using listener = await listening(town)
    const answer = await fetch(`${listener.url}/metrics`)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const samples = readExposition(await answer.text())
    const values = (name: string) =>
      Object.fromEntries(
        samples
          .filter((one) => one.name === name)
          .map(({ labels, value }) => [Object.values(labels).join(' '), value]),
      )
    expect(values('guiji_rows_held')).toEqual({ gaj: '9007199254740993', mzj: '0' })
    expect(values('guiji_rows_received_total')).toEqual({ gaj: '9007199254740995', mzj: '0' })
    expect(values('guiji_rejects_open')).toEqual({ gaj: '7', mzj: '0' })
    expect(values('guiji_datasets')).toMatchObject({ 'no-clock': '1', fresh: '0' })
    expect(values('guiji_runs_active')).toEqual({
      queued: '0',
      running: '1',
      publishing: '0',
      'awaiting-approval': '0',
    })
    expect(values('guiji_runs_finished_last_hour')).toEqual({ failed: '1' })
    expect(values('guiji_slots_overdue')).toEqual({ '': '1' })
    expect(Number(values('guiji_slot_wait_seconds')[''])).toBe(3600)
    expect(values('guiji_alerts_open')).toEqual({ 'run-failed error': '1' })
    expect(Number(values('guiji_alert_check_timestamp_seconds')[''])).toBe(
      Date.parse('2026-11-09T01:55Z') / 1000,
    )
    expect(values('guiji_periods_owed')).toEqual({ '': '0' })
  })

  test('are well formed in an empty store too', async () => {
    await using town = await city()
    await using listener = await listening(town)
    const samples = readExposition(await (await fetch(`${listener.url}/metrics`)).text())
    expect(samples.length).toBeGreaterThan(10)
  })

  test('a label may hold anything', () => {
    const label = 'a"b\\c\nd,}{= 中'
    const page = writeMetrics([
      { name: 'x', help: 'one\ntwo \\', type: 'gauge', samples: [{ labels: { label }, value: 1n }] },
    ])
    expect(readExposition(page)).toEqual([{ name: 'x', labels: { label }, value: '1' }])
  })
})

describe('health', () => {
  const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status

  test('a process that works is healthy, and ready while its store answers', async () => {
    const town = await city()
    await using listener = await listening(town)
    expect(await status(`${listener.url}/healthz`)).toBe(200)
    expect(await status(`${listener.url}/readyz`)).toBe(200)
    await town[Symbol.asyncDispose]()
    expect(await status(`${listener.url}/healthz`)).toBe(200)
    expect(await status(`${listener.url}/readyz`)).toBe(503)
    const metrics = await fetch(`${listener.url}/metrics`)
    expect([metrics.status, await metrics.text()]).toEqual([503, 'the store does not answer\n'])
  })

  test('a process that is told to stop is healthy and not ready', async () => {
    await using town = await city()
    const stop = new AbortController()
    await using listener = await listening(town, stop.signal)
    stop.abort()
    expect(await status(`${listener.url}/healthz`)).toBe(200)
    expect(await status(`${listener.url}/readyz`)).toBe(503)
  })

  test('nothing else is there, and nothing can be sent', async () => {
    await using town = await city()
    await using listener = await listening(town)
    expect(await status(`${listener.url}/`)).toBe(404)
    expect(await status(`${listener.url}/metrics`, { method: 'POST', body: 'x' })).toBe(405)
    const head = await fetch(`${listener.url}/metrics`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})
