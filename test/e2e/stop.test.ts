import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startGuiji } from './guiji.ts'
import { type Town, town } from './town.ts'

/** A source that gives one page at once and the next one never. */
async function slowSource(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => {
    if (!request.url?.includes('page=1')) return
    response.setHeader('content-type', 'application/json')
    const rows = Array.from({ length: 1000 }, (_, at) => ({ id: `${at}`, title: 'x' }))
    response.end(JSON.stringify({ rows, total: 5000 }))
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

async function slowTown(port: number): Promise<Town> {
  const place = await town()
  await place.write(
    'sources/mz.yaml',
    `sources:
  - { code: mz_files, name: 民政文件, department: mz, kind: csv, config: { root: drops } }
  - { code: slow, name: 慢接口, department: mz, kind: http-json, config: { baseUrl: "http://127.0.0.1:${port}" } }
`,
  )
  await place.write(
    'harvests/mz.yaml',
    `harvests:
  - dataset: homes
    source: slow
    read: { path: /homes, records: rows, paging: { kind: page, totalPath: total } }
`,
  )
  await place.json(['apply'])
  return place
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a harvest in order', async (signal) => {
  await using source = await slowSource()
  await using place = await slowTown(source.port)
  const words = ['--workspace', place.directory, '--store', place.url, 'harvest', 'homes', '--json']
  const running = startGuiji(words)
  await running.until('"event":"planned"')
  running.child.kill(signal)
  const { code, out, err } = await running.finished
  expect(code).toBe(1)
  expect(err).toBe('stopping in order (again: at once)\n')
  const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')
  expect(last).toMatchObject({
    event: 'summary',
    runs: [{ dataset: 'homes', state: 'cancelled', heldAfter: '0' }],
  })
  const { rows } = await place.pool.query(`select state, cause from guiji.run`)
  expect(rows).toEqual([{ state: 'cancelled', cause: null }])
  // Its process group is empty: nothing it started lives on.
  expect(() => process.kill(-(running.child.pid ?? 0), 0)).toThrow('ESRCH')
  const left = await place.pool.query(
    `select table_name from information_schema.tables where table_schema = 'load'`,
  )
  expect(left.rows).toEqual([])
})

test('killed in mid-run, nothing stays claimed: the next harvest declares the run lost and begins anew', async () => {
  await using source = await slowSource()
  await using place = await slowTown(source.port)
  const words = ['--workspace', place.directory, '--store', place.url, 'harvest', 'homes', '--json']
  const running = startGuiji(words)
  await running.until('"event":"planned"')
  running.child.kill('SIGKILL')
  await running.finished
  const again = startGuiji(words)
  await again.until('"event":"planned"')
  again.child.kill('SIGINT')
  await again.finished
  const { rows } = await place.pool.query(`select state from guiji.run order by id`)
  expect(rows).toEqual([{ state: 'lost' }, { state: 'cancelled' }])
})
