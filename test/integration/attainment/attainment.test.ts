import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import {
  type Attainment,
  noAttainment,
  readAttainment,
  totalAttainment,
} from '../../../src/attainment/read-attainment.ts'
import { parseSpan } from '../../../src/attainment/span.ts'
import { judge } from '../../../src/freshness/judge.ts'
import { planOccurrences } from '../../../src/freshness/plan-occurrences.ts'
import { verdicts } from '../../../src/freshness/verdicts.ts'
import { type City, city, type Dataset, type Promised } from '../freshness/city.ts'

const november = parseSpan('month', '2026-11')
const end = new Date('2026-12-05T00:00Z')

// A daily dataset of Asia/Shanghai: the period of the 9th is due on the 10th at 08:00, which is 00:00Z.
const daily: Promised = { cycle: 'daily', from: '2026-10-31' }

async function planned(town: City, code: string, promised: Promised): Promise<Dataset> {
  const dataset = await town.dataset(code, promised)
  await planOccurrences(town.db, { now: new Date('2026-10-31T00:00Z'), horizonDays: 45 })
  return dataset
}

/** A delivery in the night after a day: it keeps the day's period. */
async function deliver(town: City, dataset: Dataset, day: number, facts: { updated?: number } = {}) {
  const started = new Date(Date.UTC(2026, 10, day, 18))
  const visible = new Date(started.getTime() + 600_000).toISOString()
  await town.run(dataset, started.toISOString(), { visible, ...facts })
}

async function attained(town: City): Promise<Attainment> {
  await judge(town.db, { now: end })
  if (november === undefined) throw new Error('no month')
  return await totalAttainment(town.db, { now: end, within: november })
}

describe('what others count wrongly is counted rightly', () => {
  test('a daily promise that is kept every second day is kept to half, not in full', async () => {
    await using town = await city()
    const dataset = await planned(town, 'd', daily)
    for (let day = 0; day < 30; day += 2) await deliver(town, dataset, day)
    expect(await attained(town)).toMatchObject({ owed: 30n, kept: 15n, late: 14n, missed: 1n })
  })

  test('thirty deliveries on the last day keep one day of thirty', async () => {
    await using town = await city()
    const dataset = await planned(town, 'd', daily)
    for (let minute = 0; minute < 30; minute++) {
      const started = new Date(Date.UTC(2026, 10, 29, 17, minute))
      await town.run(dataset, started.toISOString(), { visible: started.toISOString(), updated: minute })
    }
    expect(await attained(town)).toMatchObject({ owed: 30n, kept: 1n, late: 1n, missed: 28n })
  })

  test('one early change does not keep the days after it', async () => {
    await using town = await city()
    const dataset = await planned(town, 'd', { ...daily, satisfiedBy: 'change' })
    await deliver(town, dataset, 0, { updated: 5 })
    for (let day = 1; day < 30; day++) await deliver(town, dataset, day)
    expect(await attained(town)).toMatchObject({ owed: 30n, kept: 1n })
  })

  test('changes that leave the number of rows as it was count', async () => {
    await using town = await city()
    const dataset = await planned(town, 'd', { ...daily, satisfiedBy: 'change' })
    for (let day = 0; day < 30; day++) await deliver(town, dataset, day, { updated: 1 })
    expect(await attained(town)).toMatchObject({ owed: 30n, kept: 30n, longestLateness: null })
  })

  test('nothing owed is nothing, not 100 %', async () => {
    await using town = await city()
    await planned(town, 'd', { cycle: 'other', from: '2026-01-01' })
    expect(await attained(town)).toEqual(noAttainment)
    expect(await readAttainment(town.db, { now: end, by: 'dataset' })).toEqual([])
  })

  test('each cycle owes its own number of periods, counted where they are due', async () => {
    await using town = await city()
    const owed = { weekly: 5n, tendays: 3n, semimonthly: 2n, monthly: 1n, quarterly: 0n, annual: 0n } as const
    for (const cycle of Object.keys(owed) as (keyof typeof owed)[]) {
      await town.dataset(cycle, { cycle, from: '2026-10-01' })
    }
    await planOccurrences(town.db, { now: new Date('2026-10-01T00:00Z'), horizonDays: 75 })
    await judge(town.db, { now: end })
    if (november === undefined) throw new Error('no month')
    const lines = await readAttainment(town.db, { now: end, by: 'dataset', within: november })
    for (const [cycle, count] of Object.entries(owed))
      expect(lines.find(({ of }) => of === cycle)?.owed ?? 0n, cycle).toBe(count)
  })

  test('lateness counts from the promised instant, to the delivery or to now', async () => {
    await using town = await city()
    const dataset = await planned(town, 'd', { ...daily, graceHours: 2, from: '2026-11-28' })
    await town.run(dataset, '2026-11-29T05:00Z', { visible: '2026-11-29T05:30Z' })
    await judge(town.db, { now: end })
    const at = (now: string) => totalAttainment(town.db, { now: new Date(now) })
    // The 28th was due on the 29th at 00:00Z and came at 05:30Z; later days never came.
    expect((await at('2026-12-05T00:00Z')).longestLateness).toBe(86400n)
    expect(await town.outcomes(dataset)).toContain('2026-11-28 late platform-did-not-run')
  })
})

const outcomes = ['kept', 'late', 'missed', 'waived', 'void', 'pending'] as const

interface Fact {
  readonly dataset: number
  readonly hours: number
  readonly outcome: (typeof outcomes)[number]
  readonly provisional: boolean
  /** Minutes after it was due; null: nothing came. */
  readonly delay: number | null
}

const facts = fc.array(
  fc.record<Fact>({
    dataset: fc.nat(2),
    hours: fc.nat(24 * 800),
    outcome: fc.constantFrom(...outcomes),
    provisional: fc.boolean(),
    delay: fc.option(fc.integer({ min: 1, max: 100_000 })),
  }),
  { maxLength: 60 },
)

const zones = ['Asia/Shanghai', 'Asia/Urumqi', 'America/New_York']
const began = Date.UTC(2025, 0, 1)
const now = new Date('2027-06-01T00:00Z')

/** Counted one by one, by another calendar than PostgreSQL's. */
function countByHand(all: readonly Fact[], keyOf: (fact: Fact) => string): Map<string, Attainment> {
  const found = new Map<string, Attainment>()
  for (const fact of all) {
    const key = keyOf(fact)
    const before = found.get(key) ?? noAttainment
    const counts = ['kept', 'late', 'missed'].includes(fact.outcome)
    const due = began + fact.hours * 3_600_000
    const delayed = fact.delay === null ? (now.getTime() - due) / 60_000 : fact.delay
    const lateness = fact.outcome === 'late' ? BigInt(Math.trunc(delayed * 60)) : null
    const longest = [before.longestLateness, lateness].reduce((a, b) =>
      a === null || (b ?? -1n) > a ? b : a,
    )
    found.set(key, {
      ...before,
      [fact.outcome]: before[fact.outcome] + 1n,
      owed: before.owed + (counts ? 1n : 0n),
      provisional: before.provisional + (counts && fact.provisional ? 1n : 0n),
      keptProvisional: before.keptProvisional + (fact.outcome === 'kept' && fact.provisional ? 1n : 0n),
      longestLateness: longest,
    })
  }
  return found
}

/** `2026-10` of the instant in the dataset's zone. */
function monthOf({ dataset, hours }: Fact): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zones[dataset], dateStyle: 'short' })
  return parts.format(began + hours * 3_600_000).slice(0, 7)
}

async function record(town: City, datasets: readonly Dataset[], all: readonly Fact[]): Promise<void> {
  // Counts outlive the periods they count: a world that begins anew begins without them.
  await sql`truncate guiji.occurrence, guiji.period_count`.execute(town.db)
  await sql`update guiji.dataset_state set kept = 0, owed = 0`.execute(town.db)
  for (const [at, fact] of all.entries()) {
    const due = new Date(began + fact.hours * 3_600_000)
    const kept = fact.delay === null ? null : new Date(due.getTime() + fact.delay * 60_000)
    const id = datasets[fact.dataset]?.id ?? 0n
    await sql`
      insert into guiji.occurrence (commitment_id, dataset_id, period, period_start, period_end, due_at, late_at,
        outcome, provisional, kept_at)
      select c.id, ${id}, ${String(at)}, ${new Date(at)}, ${new Date(at + 1)}, ${due}, ${due}, ${fact.outcome},
        ${fact.provisional}, ${['kept', 'late'].includes(fact.outcome) ? kept : null}
      from guiji.commitment c where c.dataset_id = ${id}`.execute(town.db)
  }
}

test('the figures are those counted by hand, by dataset, month, quarter, year and in all', async () => {
  await using town = await city()
  const datasets: Dataset[] = []
  for (const [at, timeZone] of zones.entries())
    datasets.push(await town.dataset(`d${at}`, { cycle: 'daily', timeZone }))
  await fc.assert(
    fc.asyncProperty(facts, async (all) => {
      await record(town, datasets, all)
      const read = async (choice: Parameters<typeof readAttainment>[1]) =>
        new Map(
          (await readAttainment(town.db, choice)).map(({ of, from, ...figures }) => [
            [of, from].filter(Boolean).join(' '),
            figures,
          ]),
        )
      expect(await read({ now, by: 'dataset', every: 'month' })).toEqual(
        countByHand(all, (fact) => `d${fact.dataset} ${monthOf(fact)}-01`),
      )
      expect(await read({ now, by: 'department', every: 'quarter' })).toEqual(
        countByHand(all, (fact) => {
          const [year, month] = monthOf(fact).split('-')
          return `gaj ${year}-${['01', '04', '07', '10'][Math.floor((Number(month) - 1) / 3)]}-01`
        }),
      )
      expect(await read({ now, by: 'sharing-type', every: 'year' })).toEqual(
        countByHand(all, (fact) => `none ${monthOf(fact).slice(0, 4)}-01-01`),
      )
      const spring = parseSpan('quarter', '2026-Q1')
      if (spring === undefined) throw new Error('no quarter')
      const within = all.filter((fact) => ['2026-01', '2026-02', '2026-03'].includes(monthOf(fact)))
      expect(await totalAttainment(town.db, { now, within: spring })).toEqual(
        countByHand(within, () => '').get('') ?? noAttainment,
      )
      const whole = await totalAttainment(town.db, { now })
      const told = await verdicts(town.db, { now })
      expect(told.reduce((sum, { kept }) => sum + kept, 0n)).toBe(whole.kept)
      expect(told.reduce((sum, { owed }) => sum + owed, 0n)).toBe(whole.owed)
      const { rows } = await sql<{ kept: bigint; owed: bigint }>`
        select coalesce(sum(kept), 0)::bigint as kept, coalesce(sum(owed), 0)::bigint as owed
        from catalog.attainment`.execute(town.db)
      expect(rows[0]).toEqual({ kept: whole.kept, owed: whole.owed })
    }),
    { numRuns: 25 },
  )
})

test('a count may be larger than a double or a 32-bit integer holds', async () => {
  await using town = await city()
  const { rows } = await sql<{ type: string }>`
    select distinct format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = 'guiji.attainment'::regclass
      and attname in ('kept', 'owed', 'late', 'missed', 'waived', 'void', 'pending', 'provisional')`.execute(
    town.db,
  )
  expect(rows).toEqual([{ type: 'bigint' }])
})
