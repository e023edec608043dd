import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startGuiji } from './guiji.ts'
import { type Town, town } from './town.ts'

/** A source that never answers. */
async function silentSource(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A town whose only clock is `homes`, every minute. */
async function minuteTown(source: string): Promise<Town> {
  const place = await town()
  await place.write('sources/mz.yaml', `source: { code: mz, name: 民政, department: mz, ${source} }\n`)
  const read = source.includes('http') ? '{ path: /homes, records: rows }' : '{ file: homes.csv }'
  await place.write(
    'harvests/mz.yaml',
    `harvests: [{ dataset: homes, source: mz, read: ${read}, cadence: "* * * * *" }]\n`,
  )
  await place.json(['apply'])
  // As if it had been planned some minutes ago: the last minutes are due at once.
  await place.json(['schedule'])
  await place.pool.query(
    `insert into guiji.slot (harvest_id, instant, meant_at, origin, source)
     select id, date_trunc('minute', now()), date_trunc('minute', now()), 'cadence', source from guiji.harvest`,
  )
  return place
}

const files = 'kind: csv, config: { root: drops }'

function start(place: Town, ...words: readonly string[]) {
  return startGuiji([...words, '--workspace', place.directory, '--store', place.url])
}

async function until<Row>(place: Town, sql: string): Promise<Row> {
  for (;;) {
    const { rows } = await place.pool.query(sql)
    if (rows[0] !== undefined) return rows[0] as Row
    await pause(50)
  }
}

function logged(err: string): Record<string, unknown>[] {
  return err
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

const runningHomes = `select id from guiji.run where state = 'running'`

test('serve runs what is due, says so with run ids, is on record, and stops in order', async () => {
  await using place = await minuteTown(files)
  const serving = start(place, 'serve', '--concurrency', '1')
  const { id } = await until<{ id: bigint }>(place, `select id from guiji.run where state = 'succeeded'`)
  const { workers } = await place.json<{ workers: object[] }>(['workers'])
  expect(workers).toMatchObject([{ kind: 'serve', state: 'alive', concurrency: 1 }])
  serving.child.kill('SIGTERM')
  const { code, out, err } = await serving.finished
  expect([code, out]).toEqual([0, ''])
  const events = logged(err)
  expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['started', 'finished', 'stopped']))
  expect(events.find(({ event }) => event === 'finished')).toMatchObject({
    level: 30,
    run: String(id),
    dataset: 'homes',
    state: 'succeeded',
  })
  const { rows } = await place.pool.query(`select state from guiji.slot where run_id = $1`, [id])
  expect(rows).toEqual([{ state: 'done' }])
  const after = await place.json<{ workers: object[] }>(['workers'])
  expect(after.workers).toMatchObject([{ kind: 'serve', state: 'ended', datasets: [] }])
})

test('serve listens where it is asked to, looks after the history, and says so when it cannot', async () => {
  await using place = await minuteTown(files)
  const serving = start(place, 'serve', '--listen', '0')
  await until(place, `select id from guiji.run where state = 'succeeded'`)
  while (!serving.complained().includes('"event":"maintained"')) await pause(50)
  const heard = logged(serving.complained()).find(({ event }) => event === 'listening')
  const url = String(heard?.url)
  expect(await (await fetch(`${url}/readyz`)).text()).toBe('ready\n')
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('guiji_slot_wait_seconds')
  const second = start(place, 'worker', '--listen', new URL(url).port)
  const refused = await second.finished
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('LISTEN_REFUSED')])
  const mistyped = await start(place, 'worker', '--listen', 'here').finished
  expect([mistyped.code, mistyped.err]).toEqual([2, expect.stringContaining('COMMAND_VALUE')])
  serving.child.kill('SIGTERM')
  expect((await serving.finished).code).toBe(0)
})

test('a worker told to stop cancels what does not end within its grace, and gives the slot back', async () => {
  await using source = await silentSource()
  await using place = await minuteTown(
    `kind: http-json, config: { baseUrl: "http://127.0.0.1:${source.port}" }`,
  )
  const working = start(place, 'worker', '--grace', '1')
  await until(place, runningHomes)
  const { workers } = await place.json<{ workers: object[] }>(['workers'])
  expect(workers).toMatchObject([{ kind: 'worker', state: 'alive', datasets: ['homes'] }])
  working.child.kill('SIGTERM')
  expect((await working.finished).code).toBe(0)
  const runs = await place.pool.query('select state from guiji.run')
  expect(runs.rows).toEqual([{ state: 'cancelled' }])
  const { rows } = await place.pool.query('select state, attempts from guiji.slot')
  expect(rows).toEqual([{ state: 'planned', attempts: 0 }])
})

test('harvest --due that was killed does not keep its slot: the next call runs it', async () => {
  await using source = await silentSource()
  await using place = await minuteTown(
    `kind: http-json, config: { baseUrl: "http://127.0.0.1:${source.port}" }`,
  )
  const killed = start(place, 'harvest', '--due')
  await until(place, runningHomes)
  killed.child.kill('SIGKILL')
  await killed.finished
  const taken = await place.pool.query(`select state from guiji.slot where state = 'taken'`)
  expect(taken.rowCount).toBe(1)
  // A minute later.
  await place.pool.query('update guiji.worker set lease_until = now()')
  await place.pool.query('update guiji.run set lease_until = now()')
  const again = start(place, 'harvest', '--due')
  await until(
    place,
    `select r.id from guiji.run r join guiji.run l on l.state = 'lost' where r.state = 'running'`,
  )
  again.child.kill('SIGTERM')
  expect((await again.finished).code).toBe(1)
  const runs = await place.pool.query('select state from guiji.run order by id')
  expect(runs.rows).toEqual([{ state: 'lost' }, { state: 'cancelled' }])
})

test('schedule says what comes next and why, and who has no slot', async () => {
  await using place = await town()
  await place.write(
    'harvests/mz.yaml',
    `harvests:
  - { dataset: people, source: mz_files, read: { file: people.csv } }
  - { dataset: homes, source: mz_files, read: { file: homes.csv } }
  - { dataset: secret_cases, source: mz_files, read: { file: x.csv }, cadence: "0 3 * * *", missedSlots: none }
`,
  )
  await place.json(['apply'])
  interface Slot {
    readonly dataset: string
    readonly at: string
    readonly origin: string
  }
  const { slots, without } = await place.json<{ slots: Slot[]; without: object[] }>([
    'schedule',
    '--days',
    '2',
  ])
  const cases = slots.filter(({ dataset }) => dataset === 'secret_cases')
  expect(cases).toHaveLength(2)
  for (const one of cases) {
    expect(one).toMatchObject({
      origin: 'cadence',
      cadence: '0 3 * * *',
      missedSlots: 'none',
      state: 'foreseen',
    })
    expect(one.at).toMatch(/T03:00:00\+08:00$/)
  }
  const people = slots.filter(({ dataset }) => dataset === 'people')
  expect(people.length).toBeGreaterThan(1)
  const shape = { origin: 'promise', cadence: null, missedSlots: 'latest' }
  for (const one of people)
    expect(one).toMatchObject({ ...shape, period: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) })
  expect(without).toEqual([{ dataset: 'homes', reason: 'no-clock' }])
  const { out } = await place.guiji(['schedule', 'secret_cases'])
  expect(out).toContain('0 3 * * *')
  expect(out).not.toContain('people')
})
