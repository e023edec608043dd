import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import type { Verdict } from '../../catalog-schema/vocabulary/verdicts.ts'
import type { Clocks } from '../freshness/clocks.ts'
import type { DatasetVerdict } from '../freshness/verdicts.ts'

/** Everything said of one dataset on the board. */
export interface DatasetStatus extends DatasetVerdict, Clocks {
  readonly name: string
  readonly department: string
  readonly departmentName: string
  readonly cycle: CycleCode
  readonly held: bigint
  readonly received: bigint
}

/** Which datasets of the board; absent: all. */
export interface BoardChoice {
  readonly now: Date
  readonly department?: string | undefined
}

export interface BoardPage extends BoardChoice {
  readonly code?: string | undefined
  readonly verdict?: Verdict | undefined
  /** The last dataset of the page before this one. */
  readonly after?: { readonly department: string; readonly code: string } | undefined
  /** Absent: to the end. */
  readonly limit?: number | undefined
}

/** The board at `now`, by department and code, page by page. Verdicts are right as far as they were judged. */
export async function readStatus(db: Kysely<ControlDatabase>, page: BoardPage): Promise<DatasetStatus[]> {
  const { now, department, code, verdict, after, limit } = page
  const wanted = [
    sql`d.retired_at is null`,
    ...(department === undefined ? [] : [sql`d.department = ${department}`]),
    ...(code === undefined ? [] : [sql`d.code = ${code}`]),
    ...(verdict === undefined ? [] : [sql`v.verdict = ${verdict}`]),
    ...(after === undefined ? [] : [sql`(d.department, d.code) > (${after.department}, ${after.code})`]),
  ]
  const { rows } = await sql<DatasetStatus>`
    select d.code, d.name, d.department,
      (select p.name from guiji.department p where p.code = d.department) as "departmentName",
      d.definition -> 'commitment' ->> 'cycle' as cycle, v.verdict, v.cause, v.due_at as "dueAt",
      s.complete_through as "completeThrough", v.kept, v.owed, v.no_clock as "noClock", v.provisional,
      s.source_published_at as "sourcePublishedAt", s.last_checked_at as "lastCheckedAt",
      s.last_changed_at as "lastChangedAt", s.loaded_at as "loadedAt", s.visible_at as "visibleAt",
      s.published_by as "publishedBy", s.checked_by as "checkedBy", s.complete_by as "completeBy", v.held, v.received
    from guiji.dataset d
    join guiji.standing_at(${now}) v on v.dataset_id = d.id
    left join guiji.dataset_state s on s.dataset_id = d.id
    where ${sql.join(wanted, sql` and `)}
    order by d.department, d.code limit ${limit ?? null}`.execute(db)
  return rows
}

/** What a department owes and holds, all its datasets together. */
export interface DepartmentTotals {
  readonly department: string
  readonly name: string
  readonly datasets: bigint
  readonly held: bigint
  readonly received: bigint
  /** Judged occurrences that were kept, of `owed`: 及时率. */
  readonly kept: bigint
  readonly owed: bigint
  /** Datasets without a clock: in neither count, so their number stands beside it. */
  readonly noClock: bigint
  /** How many datasets have which verdict; a verdict that none has is left out. */
  readonly verdicts: Readonly<Partial<Record<Verdict, bigint>>>
}

/** The totals of every department with a dataset on the list, by code. */
export async function readDepartments(
  db: Kysely<ControlDatabase>,
  { now, department }: BoardChoice,
): Promise<DepartmentTotals[]> {
  const { rows } = await sql<VerdictTotals>`
    select v.department, p.name, v.verdict, v.datasets, v.held, v.received, v.kept, v.owed, v.no_clock as "noClock"
    from guiji.totals_at(${now}) v
    join guiji.department p on p.code = v.department
    where ${department === undefined ? sql`true` : sql`v.department = ${department}`}
    order by v.department, v.verdict`.execute(db)
  const byDepartment = Map.groupBy(rows, (row) => row.department)
  return [...byDepartment.values()].map(totalsOf)
}

/** The same totals of some datasets of one department. */
export function totalsOfDatasets(datasets: readonly DatasetStatus[]): DepartmentTotals {
  return totalsOf(
    datasets.map(({ departmentName: name, noClock, ...one }) => ({
      ...one,
      ...{ name, datasets: 1n, noClock: noClock ? 1n : 0n },
    })),
  )
}

interface VerdictTotals extends Omit<DepartmentTotals, 'verdicts'> {
  readonly verdict: Verdict
}

function totalsOf(rows: readonly VerdictTotals[]): DepartmentTotals {
  const sum = (of: (row: VerdictTotals) => bigint) => rows.reduce((total, row) => total + of(row), 0n)
  return {
    department: rows[0]?.department ?? '',
    name: rows[0]?.name ?? '',
    datasets: sum((row) => row.datasets),
    held: sum((row) => row.held),
    received: sum((row) => row.received),
    kept: sum((row) => row.kept),
    owed: sum((row) => row.owed),
    noClock: sum((row) => row.noClock),
    verdicts: Object.fromEntries(rows.map(({ verdict, datasets }) => [verdict, datasets])),
  }
}
