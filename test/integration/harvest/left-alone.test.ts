import { expect, test } from 'vitest'
import type { SourceDocument } from '../../../catalog-schema/documents/documents.ts'
import { openEngine } from '../../../jobs/open-engine.ts'
import { contactText } from '../../../jobs/source-circuits.ts'
import type { Listing, SourceSession } from '../../../src/connector.ts'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import { Circuit, type CircuitState } from '../../../src/sources/circuit.ts'
import { readTroubled } from '../../../src/sources/record-health.ts'
import { openWatched } from '../../../src/sources/watched-session.ts'
import { httpServer, json, status } from '../../unit/http/server.ts'
import { city, datasetOf, harvestOf } from './city.ts'
import { harvestOnce } from './engine.ts'

test('an answer after failures closes the circuit, and the department is named in the hint', async () => {
  const contact = { name: '李四', phone: '0318-1234567' }
  const circuit = new Circuit({ failures: 1, pause: 1000, longestPause: 1000 })
  const recorded: CircuitState[] = []
  let now = 0
  const asked = (work: () => Promise<SourceSession>) =>
    openWatched(work, {
      source: 'api',
      circuit,
      contact: contactText(contact),
      clock: () => now,
      record: async (state) => void recorded.push(state),
    })
  const refusing = () => Promise.reject(new GuijiError('SOURCE_CREDENTIAL', { source: 'api' }))
  const error = await asked(refusing).catch((met: unknown) => met)
  expect((error as GuijiError).hint('zh')).toContain('向部门 (李四 0318-1234567)确认密码')
  await expect(asked(refusing)).rejects.toMatchObject({ code: 'SOURCE_LEFT_ALONE', details: { seconds: 1 } })
  now = 1000
  await using session = await asked(async () => emptySession())
  await session.list({ read: {}, fields: [], onlyNew: false, signal: new AbortController().signal })
  expect(recorded.map(({ state }) => state)).toEqual(['open', 'closed'])
})

function emptySession(): SourceSession {
  const listing: Listing = {
    unchanged: false,
    fields: [],
    async *batches() {},
    decode: () => [],
    end: () => ({ complete: true }),
    async [Symbol.asyncDispose]() {},
  }
  return {
    async *test() {},
    async *discover() {},
    list: async () => listing,
    async [Symbol.asyncDispose]() {},
  }
}

const source = (baseUrl: string): SourceDocument => ({
  code: 'api',
  name: '接口',
  department: 'dsj',
  kind: 'http-json',
  config: { baseUrl, retries: 0 },
  politeness: { connections: 1 },
})

test('a source that fails three times in a row is left alone, and that is on record until it answers', async () => {
  let isWell = false
  await using server = await httpServer((_, response) =>
    isWell ? json(response, [{ id: '1' }]) : status(response, 401, 'who are you?'),
  )
  await using town = await city({ sources: [source(server.url)] })
  const { pool } = town.database
  await town.apply(
    [datasetOf('a', [{ code: 'id', type: 'text', key: true }])],
    [harvestOf('a', { path: '/a', records: '' }, { source: 'api' })],
  )
  const outbound = { allow: ['127.0.0.1'], only: false }
  const engine = openEngine({ pool }, { directory: town.directory, outbound, emit: () => {} })
  const codes: (string | undefined)[] = []
  for (let turn = 0; turn < 5; turn++) codes.push((await harvestOnce(engine, 'a')).error?.code)
  expect(codes).toEqual([
    'SOURCE_CREDENTIAL',
    'SOURCE_CREDENTIAL',
    'SOURCE_CREDENTIAL',
    'SOURCE_LEFT_ALONE',
    'SOURCE_LEFT_ALONE',
  ])
  expect(server.asked).toHaveLength(3)
  const { rows } = await pool.query('select distinct cause from guiji.run')
  expect(rows).toEqual([{ cause: 'source-unreachable:credential' }])
  const now = new Date()
  expect(await readTroubled(pool, now)).toMatchObject([
    { source: 'api', failures: 3, code: 'SOURCE_CREDENTIAL', cause: 'source-unreachable:credential' },
  ])
  expect(await readTroubled(pool, new Date(now.getTime() + 60_000))).toEqual([])
  // Another process has not met these failures: it asks.
  isWell = true
  const other = openEngine({ pool }, { directory: town.directory, outbound, emit: () => {} })
  expect(await harvestOnce(other, 'a')).toMatchObject({ state: 'succeeded' })
})
