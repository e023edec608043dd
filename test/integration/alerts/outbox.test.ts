import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { composer } from '../../../jobs/alert-words.ts'
import { mostAttempts, pauseAfter } from '../../../src/alerts/deliver.ts'
import type { Parcel, Sink } from '../../../src/alerts/message.ts'
import { raiseAlert, settleAlert } from '../../../src/alerts/raise-alert.ts'
import { fileSink } from '../../../src/alerts/sinks/file.ts'
import { webhookSink } from '../../../src/alerts/sinks/webhook.ts'
import { receiver } from './receiver.ts'
import { type WatchedCity, watchedCity } from './watched-city.ts'

const at = '2026-11-09T01:00Z'
const clock = () => Date.parse(at)

async function brokenCity(): Promise<WatchedCity> {
  const town = await watchedCity()
  const dataset = await town.dataset('d', { cycle: 'irregular', from: '2026-01-01' })
  await town.run(dataset, '2026-11-09T00:00Z', { state: 'failed', complete: false, cause: 'platform-failed' })
  return town
}

async function deliveries(town: WatchedCity) {
  const { rows } = await sql<{
    sink: string
    event: string
    state: string
    attempts: number
    error: string | null
  }>`
    select sink, event, state, attempts, error from guiji.alert_delivery order by id`.execute(town.db)
  return rows
}

async function lines(town: WatchedCity, sink: string): Promise<{ key: string; event: string }[]> {
  const text = await readFile(path.join(town.directory, `${sink}.ndjson`), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** Waits until so many sessions of this database wait for a lock. */
async function blockedSessions(client: pg.PoolClient, count: number): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ waiting: number }>(
      `select count(distinct pid)::int as waiting from pg_locks where not granted
       and pid in (select pid from pg_stat_activity where datname = current_database())`,
    )
    if ((rows[0]?.waiting ?? 0) >= count) return
    await sleep(10)
  }
}

describe('neither lost nor doubled', () => {
  test('eight checks that all see the same for the first time open one incident and send one message', async () => {
    await using town = await brokenCity()
    // Nobody can write an incident before all eight have looked for one.
    const blocker = await town.database.pool.connect()
    await blocker.query('begin; lock table guiji.alert in exclusive mode')
    const checking = Promise.all(Array.from({ length: 8 }, () => town.check(at)))
    await blockedSessions(blocker, 8)
    await blocker.query('commit')
    blocker.release()
    const checks = await checking
    expect(checks.reduce((sum, { opened }) => sum + opened, 0)).toBe(1)
    expect(checks.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(1)
    expect(await lines(town, 'duty')).toHaveLength(1)
  })

  test('a message that one process is sending is passed over by another, which does not wait', async () => {
    await using town = await brokenCity()
    let sent = 0
    const first = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const slow: Sink = {
      name: 'duty',
      async deliver() {
        sent++
        first.resolve()
        if (sent === 1) await gate.promise
      },
    }
    const sending = town.check(at, { sinks: [slow] })
    await first.promise
    expect(await town.check(at, { sinks: [slow] })).toMatchObject({ delivered: 0, failed: 0 })
    gate.resolve()
    expect(await sending).toMatchObject({ delivered: 1 })
    expect(sent).toBe(1)
  })

  test('where the message was recorded, so was the incident, and the other way round', async () => {
    await using town = await brokenCity()
    const compose = () => {
      throw new Error('the process dies here')
    }
    await expect(town.check(at, { compose })).rejects.toThrow('dies')
    const { rows } = await sql`select from guiji.alert`.execute(town.db)
    expect(rows).toEqual([])
    expect(await town.check(at)).toMatchObject({ opened: 1, delivered: 1 })
  })

  test('a connection that breaks after the sink said yes: the message comes again, with the same key', async () => {
    await using town = await brokenCity()
    const file = fileSink({ name: 'duty', path: path.join(town.directory, 'duty.ndjson'), clock })
    let broken = false
    const sink: Sink = {
      name: 'duty',
      async deliver(parcel: Parcel, signal) {
        await file.deliver(parcel, signal)
        if (broken) return
        broken = true
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
          and state = 'idle in transaction'`.execute(town.db)
      },
    }
    await expect(town.check(at, { sinks: [sink] })).rejects.toThrow()
    expect(await deliveries(town)).toMatchObject([{ state: 'waiting', attempts: 0 }])
    await town.check(at, { sinks: [sink] })
    const [first, second, ...more] = await lines(town, 'duty')
    expect(first?.key).toBe(second?.key)
    expect(more).toEqual([])
    expect(await deliveries(town)).toMatchObject([{ state: 'delivered', attempts: 1 }])
  })

  test('nobody hears of the end before the beginning', async () => {
    await using town = await brokenCity()
    await using hook = await receiver((response, number) => response.writeHead(number < 3 ? 503 : 204).end())
    const sinks = [webhookSink({ name: 'duty', url: hook.url, secret: 's', clock })]
    const minute = (minutes: number) => new Date(clock() + minutes * 60_000).toISOString()
    const later = (minutes: number) => ({ sinks, clock: () => clock() + minutes * 60_000 })
    expect(await town.check(at, later(0))).toMatchObject({ failed: 1 })
    expect(await town.check(at, later(0.5))).toMatchObject({ failed: 0, delivered: 0 })
    await town.run({ id: 1n, harvest: 1n }, minute(0.6), { visible: minute(0.7) })
    expect(await town.check(at, later(1))).toMatchObject({ resolved: 1, failed: 1 })
    expect(await town.check(at, later(1.5))).toMatchObject({ delivered: 0, failed: 0 })
    expect(await town.check(at, later(3))).toMatchObject({ delivered: 2 })
    expect(hook.received.map(({ body }) => JSON.parse(body).type)).toEqual([
      'alert.opened',
      'alert.opened',
      'alert.opened',
      'alert.resolved',
    ])
  })

  test('a sink that does not answer keeps no other waiting, and its error is on record without the secret', async () => {
    await using town = await brokenCity()
    const bad: Sink = { name: 'chief', deliver: () => Promise.reject(new Error('token hunter2 refused')) }
    const good = fileSink({ name: 'duty', path: path.join(town.directory, 'duty.ndjson'), clock })
    const checked = await town.check(at, {
      sinks: [bad, good],
      rules: { to: ['chief', 'duty'] },
      redact: (text) => text.replaceAll('hunter2', '***'),
    })
    expect(checked).toMatchObject({ delivered: 1, failed: 1 })
    expect(await deliveries(town)).toMatchObject([
      { sink: 'chief', state: 'waiting', error: 'token *** refused' },
      { sink: 'duty', state: 'delivered' },
    ])
  })

  test('a message is tried for days, then given up and kept on record; so is one whose sink is gone', async () => {
    await using town = await brokenCity()
    const bad: Sink = { name: 'duty', deliver: () => Promise.reject(new Error('no')) }
    let now = clock()
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      await town.check(at, { sinks: [bad], rules: { to: ['duty'] }, clock: () => now })
      now += pauseAfter(attempt + 1)
    }
    expect((now - clock()) / 3_600_000).toBeGreaterThan(48)
    expect(await deliveries(town)).toMatchObject([{ state: 'given-up', attempts: mostAttempts }])
    await using other = await brokenCity()
    await other.check(at, { sinks: [] })
    expect(await deliveries(other)).toMatchObject([{ state: 'given-up', error: 'no such sink any more' }])
  })
})

test('what a person raised stays until a person ends it, and is told like any other', async () => {
  await using town = await watchedCity()
  const dataset = await town.dataset('d', { cycle: 'irregular', from: '2026-01-01' })
  expect(dataset.id).toBe(1n)
  const reporting = { now: new Date(at), rules: { to: ['duty'] }, compose: composer('en', 'UTC') }
  const incident = { kind: 'answer-late', department: 'gaj', note: 'request 12' } as const
  const id = await raiseAlert(town.db, incident, reporting)
  expect(await raiseAlert(town.db, incident, reporting)).toBe(id)
  await town.check(at)
  expect(await town.check(at)).toMatchObject({ open: 1, resolved: 0 })
  expect(await town.told('duty')).toEqual(['[error] request for data not answered in time: gaj'])
  await settleAlert(town.db, id, reporting)
  await town.check(at)
  expect(await town.told('duty')).toEqual(['[resolved] request for data not answered in time: gaj'])
  await expect(settleAlert(town.db, id, reporting)).rejects.toThrow('ALERT_UNKNOWN')
})
