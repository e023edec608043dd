import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { town } from './town.ts'

/** Counts how many requests it works on at once, by the first part of the path. */
async function countingSource(): Promise<AsyncDisposable & { port: number; most: Map<string, number> }> {
  const now = new Map<string, number>()
  const most = new Map<string, number>()
  const add = (name: string, by: number) => {
    const count = (now.get(name) ?? 0) + by
    now.set(name, count)
    most.set(name, Math.max(most.get(name) ?? 0, count))
  }
  const server = createServer(async (request, response) => {
    const name = request.url?.split('/')[1] ?? ''
    for (const one of [name, 'all']) add(one, 1)
    await sleep(400)
    for (const one of [name, 'all']) add(one, -1)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ rows: [{ id: '1' }] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('runs side by side: as many as the workspace allows, of one source as many as it allows', async () => {
  await using source = await countingSource()
  await using place = await town()
  const codes = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'b4']
  await place.write('guiji.yaml', 'name: 小城\nconcurrency: 3\noutbound: { allow: [127.0.0.1] }\n')
  await place.write(
    'catalog/mz.yaml',
    `department: { code: mz, name: 民政局 }\ndatasets:\n${codes
      .map(
        (code) => `  - { code: ${code}, name: ${code}, format: api,
      sharing: { type: 无条件共享, methods: [接口], conditions: 无 }, grading: { class: x, level: 一般 },
      commitment: 每日, items: [{ code: id, name: 编号, key: true }] }\n`,
      )
      .join('')}`,
  )
  await place.write(
    'sources/mz.yaml',
    `sources:\n${[
      ['a', 1],
      ['b', 2],
    ]
      .map(
        ([code, connections]) =>
          `  - { code: ${code}, name: ${code}, department: mz, kind: http-json,
      config: { baseUrl: "http://127.0.0.1:${source.port}/${code}" }, politeness: { connections: ${connections} } }\n`,
      )
      .join('')}`,
  )
  await place.write(
    'harvests/mz.yaml',
    `harvests:\n${codes
      .map(
        (code) => `  - { dataset: ${code}, source: ${code[0]}, read: { path: /${code}, records: rows } }\n`,
      )
      .join('')}`,
  )
  await place.json(['apply'])
  const { runs } = await place.json<{ runs: { state: string; inserted: string }[] }>(['harvest', '--all'])
  expect(runs.map(({ state, inserted }) => `${state} ${inserted}`)).toEqual(codes.map(() => 'succeeded 1'))
  expect(Object.fromEntries(source.most)).toEqual({ a: 1, b: 2, all: 3 })
})

test('what could not begin is told, does not stop the rest, and ends with 1', async () => {
  await using place = await town()
  await place.json(['apply'])
  const client = await place.pool.connect()
  try {
    // Another process at work: its run is active and its lock is held.
    const { rows } = await client.query(
      `insert into guiji.run (harvest_id, dataset_id, state, mode, worker, started_at)
       select h.id, d.id, 'running', 'snapshot', 'elsewhere/1', now() from guiji.harvest h
       join guiji.dataset d on d.id = h.dataset_id where d.code = 'people' returning id`,
    )
    await client.query(`select pg_advisory_lock(hashtextextended('guiji run ' || $1::text, 0))`, [
      rows[0]?.id,
    ])
    const { code, out } = await place.guiji(['harvest', '--all', '--json'])
    expect(code).toBe(1)
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.at(-2)).toMatchObject({ event: 'not-run', dataset: 'people', error: { code: 'RUN_ACTIVE' } })
    expect(lines.at(-1)).toMatchObject({ event: 'summary', runs: [{ dataset: 'homes', state: 'succeeded' }] })
  } finally {
    client.release(true)
  }
})
