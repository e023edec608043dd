import { rm } from 'node:fs/promises'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { receiver } from '../integration/alerts/receiver.ts'
import { settings, town } from './town.ts'

/** What OpenLineage 2-0-2 requires of a run event and of the facets used, from its published JSON Schemas. */
const text = { type: 'string', minLength: 1 }
const facet = {
  type: 'object',
  properties: { _producer: { type: 'string', format: 'uri' }, _schemaURL: { type: 'string', format: 'uri' } },
  required: ['_producer', '_schemaURL'],
}
const facets = (own: Record<string, object> = {}) => ({
  type: 'object',
  additionalProperties: facet,
  properties: Object.fromEntries(
    Object.entries(own).map(([name, schema]) => [name, { allOf: [facet, schema] }]),
  ),
})
const statistics = {
  properties: { rowCount: { type: 'integer' }, size: { type: 'integer' } },
  required: ['rowCount'],
}
const schemaFacet = {
  properties: {
    fields: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', properties: { name: text }, required: ['name'] },
    },
  },
  required: ['fields'],
}
const dataset = (own: Record<string, object>) => ({
  type: 'object',
  properties: { namespace: text, name: text, facets: facets({ schema: schemaFacet }), ...own },
  required: ['namespace', 'name'],
})
const runEvent = {
  type: 'object',
  properties: {
    eventType: { enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] },
    eventTime: { type: 'string', format: 'date-time' },
    producer: { type: 'string', format: 'uri' },
    schemaURL: { type: 'string', format: 'uri' },
    run: {
      type: 'object',
      properties: {
        runId: { type: 'string', format: 'uuid' },
        facets: facets({
          errorMessage: {
            properties: { message: text, programmingLanguage: text },
            required: ['message', 'programmingLanguage'],
          },
        }),
      },
      required: ['runId'],
    },
    job: {
      type: 'object',
      properties: { namespace: text, name: text, facets: facets() },
      required: ['namespace', 'name'],
    },
    inputs: {
      type: 'array',
      items: dataset({ inputFacets: facets({ inputStatistics: { properties: statistics.properties } }) }),
    },
    outputs: { type: 'array', items: dataset({ outputFacets: facets({ outputStatistics: statistics }) }) },
  },
  required: ['eventTime', 'producer', 'schemaURL', 'run', 'job'],
}

function validator() {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  ajv.addFormat('uri', (one: string) => URL.canParse(one))
  ajv.addFormat(
    'date-time',
    (one: string) => /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(one) && !Number.isNaN(Date.parse(one)),
  )
  ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  return ajv.compile(runEvent)
}

interface LineageEvent {
  readonly eventType: string
  readonly run: { readonly runId: string; readonly facets: Record<string, Record<string, unknown>> }
  readonly job: { readonly name: string; readonly namespace: string }
  readonly inputs: readonly { readonly namespace: string; readonly inputFacets: Record<string, unknown> }[]
  readonly outputs: readonly {
    readonly name: string
    readonly facets: Record<string, unknown>
    readonly outputFacets: Record<string, unknown>
  }[]
}

test('every run begins and ends in events that fit the specification, with schema, counts and error', async () => {
  await using server = await receiver()
  await using place = await town()
  await place.write(
    'guiji.yaml',
    `${settings}openlineage: { url: ${server.url}, apiKey: env:LINEAGE_KEY, namespace: hengshui }\n`,
  )
  await rm(path.join(place.directory, 'drops/homes.csv'))
  await place.json(['apply'])
  await place.guiji(['harvest', '--all'], { env: { LINEAGE_KEY: 'hunter2' } })
  const events = server.received.map(({ body }) => JSON.parse(body) as LineageEvent)
  const isValid = validator()
  for (const event of events) expect([isValid(event), isValid.errors]).toEqual([true, null])
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill('Bearer hunter2'))
  const of = (name: string) => events.filter(({ job }) => job.name === `harvest.${name}`)
  const [started, ended] = of('people')
  expect([started?.eventType, ended?.eventType]).toEqual(['START', 'COMPLETE'])
  expect(started?.run.runId).toBe(ended?.run.runId)
  expect(ended?.inputs[0]).toMatchObject({
    namespace: 'csv://mz_files',
    inputFacets: { inputStatistics: { rowCount: 44 } },
  })
  expect(ended?.outputs[0]).toMatchObject({
    name: 'mz.people',
    facets: {
      schema: {
        fields: [
          { name: 'id', type: 'text', description: '编号' },
          {},
          {},
          { name: 'amount', type: 'decimal' },
        ],
      },
      guiji_accounts: { read: '44', rejected: '4', heldAfter: '40' },
    },
    outputFacets: { outputStatistics: { rowCount: 40 } },
  })
  const [, failed] = of('homes')
  expect(failed).toMatchObject({ eventType: 'FAIL', run: { facets: { errorMessage: {} } } })
  expect(new Set(events.map(({ run }) => run.runId)).size).toBe(2)
})

test('a run is what it is, whether its events arrive or not', async () => {
  await using server = await receiver((response) => response.writeHead(500).end())
  await using place = await town()
  await place.write('guiji.yaml', `${settings}openlineage: { url: ${server.url} }\n`)
  await place.json(['apply'])
  const { code, err } = await place.guiji(['harvest', 'homes'])
  expect(code).toBe(0)
  expect(err).toMatch(/OpenLineage event \(started\) could not be sent: .*500/)
  expect(server.received).toHaveLength(6)
})
