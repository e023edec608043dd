import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../../catalog-schema/control/database.ts'
import type { CycleCode } from '../../../catalog-schema/vocabulary/cycles.ts'
import { queries } from '../../../src/store/open-store.ts'
import { type TestDatabase, testDatabase } from '../../setup/database.ts'

export interface Promised {
  readonly cycle: CycleCode
  readonly timeZone?: string
  readonly calendar?: string
  readonly dueTime?: string
  readonly dueAfterDays?: number
  readonly graceHours?: number
  readonly graceWorkingDays?: number
  readonly maxLag?: string
  readonly satisfiedBy?: 'check' | 'change'
  /** `MM-DD/MM-DD` */
  readonly seasons?: readonly string[]
  readonly from?: string
  readonly recordedAt?: string
  readonly cadence?: string
  readonly hours?: string
  readonly jitter?: string
  readonly connections?: number
  /** Code of the source. Default: one of its own. */
  readonly source?: string
  readonly missedSlots?: 'none' | 'latest' | 'all'
}

export interface RunFacts {
  readonly state?: string
  /** The slot it served. */
  readonly slot?: Date
  readonly complete?: boolean
  readonly cause?: string
  readonly finished?: string
  /** When it began to wait for a person. */
  readonly parked?: string
  /** Absent: nothing was published. */
  readonly visible?: string
  readonly updated?: number
}

export interface Dataset {
  readonly id: bigint
  readonly harvest: bigint
}

/** A store with one department, datasets added at will, and what happened to them written straight into the facts. */
export interface City extends AsyncDisposable {
  readonly db: Kysely<ControlDatabase>
  readonly database: TestDatabase
  dataset(code: string, promised: Promised): Promise<Dataset>
  commit(dataset: bigint, promised: Promised): Promise<bigint>
  run(dataset: Dataset, started: string, facts: RunFacts): Promise<bigint>
  /** `period outcome cause`, by period. */
  outcomes(dataset: Dataset): Promise<string[]>
}

export async function city(): Promise<City> {
  const database = await testDatabase()
  const db = queries<ControlDatabase>(database.pool)
  await sql`insert into guiji.department (code, name) values ('gaj', '公安局')`.execute(db)
  return {
    db,
    database,
    dataset: (code, promised) => addDataset(db, code, promised),
    commit: (dataset, promised) => addCommitment(db, dataset, promised),
    run: (dataset, started, facts) => addRun(db, dataset, started, facts),
    outcomes: (dataset) => outcomesOf(db, dataset),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

async function addDataset(db: Kysely<ControlDatabase>, code: string, promised: Promised): Promise<Dataset> {
  const { hours, jitter, connections, source = code } = promised
  const about = JSON.stringify({ politeness: { hours, jitter, connections } })
  await sql`insert into guiji.source (code, name, department, kind, definition)
    values (${source}, ${source}, 'gaj', 'csv', ${about}::jsonb) on conflict do nothing`.execute(db)
  const id = await idOf(
    sql<{ id: bigint }>`
    insert into guiji.dataset (code, name, department, table_name, sharing_type, definition)
    values (${code}, ${code}, 'gaj', ${code}, 'none', '{}') returning id`.execute(db),
  )
  const { cadence, missedSlots } = promised
  const definition = JSON.stringify({ cadence, missedSlots })
  const harvest = await idOf(
    sql<{ id: bigint }>`
    insert into guiji.harvest (dataset_id, source, mode, definition, enabled)
    values (${id}, ${source}, 'snapshot', ${definition}::jsonb, true) returning id`.execute(db),
  )
  await addCommitment(db, id, promised)
  return { id, harvest }
}

function addCommitment(db: Kysely<ControlDatabase>, dataset: bigint, promised: Promised): Promise<bigint> {
  return idOf(
    sql<{ id: bigint }>`
    insert into guiji.commitment (dataset_id, cycle, time_zone, calendar, due_time, due_after_days, grace_hours,
      grace_working_days, max_lag, satisfied_by, seasons, effective_from, recorded_at)
    values (${dataset}, ${promised.cycle}, ${promised.timeZone ?? 'Asia/Shanghai'}, ${promised.calendar ?? 'cn'},
      ${promised.dueTime ?? '08:00'}, ${promised.dueAfterDays ?? 1}, ${promised.graceHours ?? null},
      ${promised.graceWorkingDays ?? null}, ${promised.maxLag ?? null}::interval, ${promised.satisfiedBy ?? 'check'},
      ${promised.seasons ?? []}::text[],
      ${promised.from ?? '2026-01-01'}, ${promised.recordedAt ?? '2026-01-01T00:00Z'}) returning id`.execute(
      db,
    ),
  )
}

async function addRun(
  db: Kysely<ControlDatabase>,
  { id, harvest }: Dataset,
  started: string,
  { state = 'succeeded', slot, complete = true, cause, finished, parked, visible, updated = 0 }: RunFacts,
): Promise<bigint> {
  const run = await idOf(
    sql<{ id: bigint }>`
    insert into guiji.run (harvest_id, dataset_id, slot_at, state, mode, started_at, finished_at, lease_until, complete,
      cause, parked_at, parked_for, read, accepted, updated, held_before, held_after)
    values (${harvest}, ${id}, ${slot ?? null}, ${state}, 'snapshot', ${started},
      ${finished ?? parked ?? visible ?? null}, clock_timestamp() + interval '1 minute',
      ${complete}, ${cause ?? null}, ${parked ?? null}, ${parked === undefined ? null : (cause ?? 'awaiting-approval')},
      ${updated}, ${updated}, ${updated}, 10, 10) returning id`.execute(db),
  )
  if (visible !== undefined) {
    await sql`insert into guiji.publication (run_id, dataset_id, at, held_after, received_after)
      values (${run}, ${id}, ${visible}, 10, 10)`.execute(db)
  }
  return run
}

async function outcomesOf(db: Kysely<ControlDatabase>, { id }: Dataset): Promise<string[]> {
  const { rows } = await sql<{ period: string; outcome: string; cause: string | null }>`
    select period, outcome, cause from guiji.occurrence where dataset_id = ${id}
    order by period_start, commitment_id`.execute(db)
  return rows.map(({ period, outcome, cause }) => [period, outcome, cause].filter(Boolean).join(' '))
}

async function idOf(answer: Promise<{ readonly rows: readonly { readonly id: bigint }[] }>): Promise<bigint> {
  const [row] = (await answer).rows
  if (row === undefined) throw new Error('nothing was inserted')
  return row.id
}
