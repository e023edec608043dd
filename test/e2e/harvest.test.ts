import { utimes } from 'node:fs/promises'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { harvestedTown, peopleCsv, type Town, town } from './town.ts'

const count = { type: 'string', pattern: '^[0-9]+$' }
const instant = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?\\+08:00$' }
const orNull = (schema: object) => ({ anyOf: [schema, { type: 'null' }] })
const text = { type: 'string', minLength: 1 }

/** Exactly these properties, all of them. */
function exactly(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

const counts = [
  'read',
  'accepted',
  'inserted',
  'updated',
  'unchanged',
  'deleted',
  'restored',
  'rejected',
  'duplicate',
]
const runSchema = exactly({
  dataset: text,
  run: count,
  state: { enum: ['succeeded', 'partial', 'failed', 'cancelled', 'awaiting-approval'] },
  lane: { enum: ['bytes', 'rows', null] },
  mode: { enum: ['snapshot', 'incremental', 'append'] },
  ...Object.fromEntries(counts.map((name) => [name, count])),
  heldBefore: count,
  heldAfter: count,
  seconds: { type: 'number', minimum: 0 },
  cause: orNull(text),
})
const summarySchema = exactly({ event: { const: 'summary' }, runs: { type: 'array', items: runSchema } })
const statusSchema = exactly({
  asOf: instant,
  totals: exactly({
    departments: { type: 'integer' },
    datasets: { type: 'integer' },
    held: count,
    received: count,
    kept: count,
    owed: count,
    noClock: { type: 'integer' },
  }),
  datasets: {
    type: 'array',
    items: exactly({
      code: text,
      name: text,
      department: text,
      cycle: text,
      verdict: { enum: ['fresh', 'due', 'at-risk', 'late', 'missed', 'waived', 'no-clock', 'unknown'] },
      cause: orNull(text),
      dueAt: orNull(instant),
      completeThrough: orNull(instant),
      lastCheckedAt: orNull(instant),
      lastChangedAt: orNull(instant),
      held: count,
      received: count,
    }),
  },
})

function expectShape(value: unknown, schema: object): void {
  const ajv = new Ajv2020({ allErrors: true })
  ajv.validate(schema, value)
  expect(ajv.errors ?? []).toEqual([])
}

interface Summary {
  readonly event: string
  readonly runs: readonly Record<string, string>[]
}

test('events end with a summary of exactly the promised shape; so does status', async () => {
  await using place = await town()
  await place.json(['apply'])
  const { code, out, err } = await place.guiji(['harvest', '--all', '--json'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Summary)
  expect(new Set(events.map(({ event }) => event))).toEqual(
    new Set(['started', 'planned', 'progress', 'publishing', 'finished', 'summary']),
  )
  const summary = events.at(-1)
  expectShape(summary, summarySchema)
  expect(summary?.runs).toHaveLength(2)
  expect(summary?.runs.find(({ dataset }) => dataset === 'people')).toMatchObject({
    ...{ state: 'succeeded', read: '44', accepted: '40', inserted: '40', rejected: '4' },
    ...{ heldBefore: '0', heldAfter: '40' },
  })
  const status = await place.json<{ totals: object }>(['status'])
  expectShape(status, statusSchema)
  expect(status.totals).toMatchObject({ departments: 1, datasets: 3, held: '42', received: '42', noClock: 1 })
})

test('harvested again, the same content writes no row, whether the file is touched or not', async () => {
  await using place = await harvestedTown()
  const before = await rowVersions(place)
  const again = await place.json<Summary>(['harvest', 'people'])
  expect(again.runs[0]).toMatchObject({ read: '0', inserted: '0', updated: '0', heldAfter: '40' })
  await utimes(path.join(place.directory, 'drops/people.csv'), new Date(), new Date())
  const touched = await place.json<Summary>(['harvest', 'people', '--full'])
  expect(touched.runs[0]).toMatchObject({
    read: '44',
    unchanged: '40',
    inserted: '0',
    updated: '0',
    rejected: '4',
  })
  expect(await rowVersions(place)).toEqual(before)
})

/** Changes with every write to a row, even one that leaves its values as they were. */
async function rowVersions({ pool }: Town): Promise<unknown[]> {
  return (await pool.query('select id, xmin::text, ctid::text from store.people order by id')).rows
}

test('people see the changes, the failures with their hint, and whom to call', async () => {
  await using place = await harvestedTown()
  await place.write('drops/people.csv', peopleCsv(41))
  await place.write('drops/homes.csv', 'id,renamed\n1,阳光\n')
  const { code, out } = await place.guiji(['harvest', '--all'])
  expect(code).toBe(1)
  expect(out).toContain('homes 养老机构信息: failed source answered wrongly: structure changed')
  expect(out).toContain('contact: 李四 0318-1234567')
  expect(out).toMatch(/^people +\d+ +succeeded +41 +1 +0 +40 +0 +0 +0 +0 +41/m)
  const zh = await place.guiji(['harvest', 'homes', '--lang', 'zh'])
  expect(zh.out).toContain('homes 养老机构信息: 失败 源系统应答有误：结构已变化')
  expect(zh.out).toContain('提示：')
})

test('only what is due runs with --due, and each slot once', async () => {
  await using place = await town()
  await place.json(['apply'])
  const first = await place.json<Summary>(['harvest', '--due'])
  const { rows } = await place.pool.query(
    `select d.code from guiji.slot s join guiji.harvest h on h.id = s.harvest_id join guiji.dataset d on d.id = h.dataset_id
     where s.state = 'done' order by d.code`,
  )
  expect(rows.map(({ code }) => code)).toEqual(first.runs.map(({ dataset }) => dataset))
  expect((await place.json<Summary>(['harvest', '--due'])).runs).toEqual([])
})

test('a dataset that nobody knows, or that has no harvest, is named', async () => {
  await using place = await town()
  await place.json(['apply'])
  const unknown = await place.guiji(['harvest', 'peple'])
  expect(unknown.err).toContain(
    'error DATASET_UNKNOWN: there is no dataset "peple"\nhint: nearest code: people;',
  )
  expect(unknown.code).toBe(2)
  const far = await place.guiji(['harvest', 'zzzzzzzz'])
  expect(far.err).toContain('hint: nearest code: —; "guiji status" lists all')
  const without = await place.guiji(['harvest', 'secret_cases'])
  expect(without.err).toContain('error HARVEST_MISSING: dataset secret_cases has no harvest')
  expect(without.code).toBe(2)
})
