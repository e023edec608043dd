import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ItemMapping } from '../../../catalog-schema/documents/documents.ts'
import type { RunSummary } from '../../../src/harvest/run-events.ts'
import { faultsOf, openRejects, rowsOf, sorted, versionsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'
import { type Dice, dice, fileOf, nextDay, randomLine, randomShape } from './random-city.ts'
import { type Line, type ModelItem, type Outcome, Reference } from './reference.ts'

const lanes = ['bytes', 'rows'] as const
const cases = 60
const towns = 2

let cities: City[]
beforeAll(async () => {
  cities = await Promise.all(Array.from({ length: towns }, () => city()))
})
afterAll(async () => {
  for (const one of cities) await one[Symbol.asyncDispose]()
})

describe('any sequence of harvests of a file leaves what the rules say', () => {
  it(`${cases} sequences, through both lanes`, async () => {
    const failures: string[] = []
    await Promise.all(
      cities.map(async (town, first) => {
        for (let seed = 1 + first; seed <= cases && failures.length === 0; seed += towns) {
          try {
            await playSequence(town, seed)
          } catch (error) {
            failures.push(`seed ${seed}: ${messageOf(error)}`)
          }
        }
      }),
    )
    expect(failures).toEqual([])
  }, 180_000)
})

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { actual, expected } = error as Error & { actual?: unknown; expected?: unknown }
  return `${error.message}\nfound ${JSON.stringify(actual)}\nexpected ${JSON.stringify(expected)}`
}

interface Day {
  readonly lines: readonly Line[]
  readonly items: readonly ModelItem[]
  readonly version: number
}

async function playSequence(town: City, seed: number): Promise<void> {
  const roll = dice(seed)
  const days = randomDays(roll)
  const reference = new Reference()
  const runs = new Map<string, number>()
  for (const [at, day] of days.entries()) {
    const content = fileOf(day.items, day.lines)
    if (at === 0 || days[at - 1]?.version !== day.version) await applyDay(town, seed, day)
    await town.write(`s${seed}.csv`, content)
    const expected = reference.run(at + 1, day.lines, day.items, { content, seed: day.version })
    for (const lane of lanes) {
      const code = `s${seed}_${lane}`
      const versions =
        expected.state === 'succeeded' && expected.unchangedSource
          ? await versionsOf(town.database.pool, code)
          : undefined
      const summary = await town.harvest(code)
      runs.set(`${lane} ${summary.run}`, at + 1)
      const about = `day ${at + 1} ${code}\n${content}\n${JSON.stringify(summary)}`
      expectOutcome(summary, expected, about)
      await expectBooks(town, { code, lane, about }, { day, reference, runs })
      if (versions) expect(await versionsOf(town.database.pool, code), about).toEqual(versions)
    }
  }
}

function randomDays(roll: Dice): Day[] {
  const shape = randomShape(roll)
  const dirt = roll.pick([0, 0.1, 0.4])
  let items: readonly ModelItem[] = shape.items
  let version = 1
  let lines: Line[] = Array.from({ length: roll.below(12) }, () => randomLine(roll, items, dirt))
  const days: Day[] = [{ lines, items, version }]
  const before: Line[] = [...lines]
  const count = 3 + roll.below(4)
  while (days.length < count) {
    if (roll.chance(0.08)) days.push({ lines: [], items, version })
    else if (roll.chance(0.12)) days.push({ lines, items, version })
    else {
      const next = reseed(roll, items, shape.keyed && dirt === 0)
      if (next !== undefined) {
        version += 1
        items = next
      }
      lines = nextDay(roll, lines, { items, dirt, before: next === undefined ? before : [] })
      days.push({ lines, items, version })
      before.push(...lines)
    }
  }
  return days
}

/** A new code table in the mapping of a text item; undefined: nothing changes. */
function reseed(roll: Dice, items: readonly ModelItem[], _allowed: boolean): ModelItem[] | undefined {
  const texts = items.filter((item) => item.type === 'text' && !item.key && item.map === undefined)
  if (texts.length === 0 || !roll.chance(0.15)) return undefined
  const chosen = roll.pick(texts)
  return items.map((item) => (item === chosen ? { ...item, map: { a: 'z', 甲: '乙' } } : item))
}

async function applyDay(town: City, seed: number, { items }: Day): Promise<void> {
  const documents = items.map(({ code, type, key, required, pattern }) => ({
    code,
    type,
    key,
    required,
    ...(pattern ? { pattern: pattern.source.slice(1, -1) } : {}),
  }))
  const mapping = (lane: string): Record<string, Partial<ItemMapping>> =>
    Object.fromEntries(
      items.flatMap((item, at) => {
        const trim = lane === 'rows' && at === 0
        if (!trim && item.map === undefined) return []
        const of: Partial<ItemMapping> = {
          ...(trim ? { normalise: ['strip-nul'] } : {}),
          ...(item.map ? { map: item.map } : {}),
        }
        return [[item.code, of]]
      }),
    )
  await town.apply(
    lanes.map((lane) => datasetOf(`s${seed}_${lane}`, documents)),
    lanes.map((lane) => harvestOf(`s${seed}_${lane}`, { file: `s${seed}.csv` }, { items: mapping(lane) })),
  )
}

function expectOutcome(summary: RunSummary, expected: Outcome, about: string): void {
  if (expected.state !== 'succeeded') {
    expect(summary, about).toMatchObject({ state: expected.state, deleted: '0' })
    return
  }
  const numbers = Object.fromEntries(
    Object.entries(expected.numbers).map(([name, value]) => [name, String(value)]),
  )
  const found = Object.fromEntries(
    Object.keys(numbers).map((name) => [name, summary[name as keyof RunSummary]]),
  )
  expect({ state: summary.state, cause: summary.cause, ...found }, about).toEqual({
    state: 'succeeded',
    cause: null,
    ...numbers,
  })
  expect(summary.unchangedBy !== undefined, about).toBe(expected.unchangedSource)
}

async function expectBooks(
  town: City,
  { code, lane, about }: { code: string; lane: string; about: string },
  { day, reference, runs }: { day: Day; reference: Reference; runs: ReadonlyMap<string, number> },
): Promise<void> {
  const { pool } = town.database
  const columns = day.items.map((item) => item.code)
  const numbered = (rows: readonly Readonly<Record<string, string | null>>[]) =>
    sorted(rows.map((row) => ({ ...row, ...runNumbers(row, lane, runs) })))
  const held = [...reference.held.values()].map(({ content, run }) => ({ ...content, _run: run }))
  expect(numbered(await rowsOf(pool, `store.${code}`, [...columns, '_run'])), `held: ${about}`).toEqual(
    sorted(held),
  )
  const gone = [...reference.gone.values()].map(({ content, run, goneRun }) => ({
    ...content,
    _run: run,
    _gone_run: goneRun,
  }))
  expect(
    numbered(await rowsOf(pool, `gone.${code}`, [...columns, '_run', '_gone_run'])),
    `gone: ${about}`,
  ).toEqual(sorted(gone))
  const open = (await openRejects(pool, code)).map(({ raw, reason }) => ({ raw, reason }))
  const rejects = [...reference.rejects].map(([raw, { reason }]) => ({
    raw: Buffer.from(raw).toString('latin1'),
    reason,
  }))
  expect(open, `rejects: ${about}`).toEqual(sorted(rejects))
  expect(await faultsOf(pool, code), about).toEqual([])
  const { rows } = await pool.query<{ received: bigint }>(
    'select received from guiji.dataset_state t join guiji.dataset d on d.id = t.dataset_id where d.code = $1',
    [code],
  )
  expect(rows[0]?.received, about).toBe(BigInt(reference.received))
}

function runNumbers(
  row: Readonly<Record<string, string | null>>,
  lane: string,
  runs: ReadonlyMap<string, number>,
) {
  const numbers = Object.entries(row).filter(([name]) => name === '_run' || name === '_gone_run')
  return Object.fromEntries(numbers.map(([name, run]) => [name, runs.get(`${lane} ${run}`)]))
}
