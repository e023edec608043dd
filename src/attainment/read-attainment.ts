import { type Kysely, sql } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { Span, SpanUnit } from './span.ts'

/**
 * 及时率 with what has to stand beside it. `owed = kept + late + missed`; waived, void and pending periods are not
 * owed. A figure alone (30 deliveries on the last day of the month are 100 % of 30) says nothing: lateness is counted
 * period by period.
 */
export interface Attainment {
  readonly kept: bigint
  readonly owed: bigint
  readonly late: bigint
  readonly missed: bigint
  readonly waived: bigint
  readonly void: bigint
  /** Due, and not judged yet. */
  readonly pending: bigint
  /** Of `owed`: the deadline was counted without a published calendar. */
  readonly provisional: bigint
  /** Of `provisional`: kept. */
  readonly keptProvisional: bigint
  /** Seconds from the promised instant to the delivery, or to `now` where nothing has come; null: nothing was late. */
  readonly longestLateness: bigint | null
}

export const noAttainment: Attainment = {
  kept: 0n,
  owed: 0n,
  late: 0n,
  missed: 0n,
  waived: 0n,
  void: 0n,
  pending: 0n,
  provisional: 0n,
  keptProvisional: 0n,
  longestLateness: null,
}

export type AttainmentGroup = 'dataset' | 'department' | 'sharing-type' | 'all'

export interface AttainmentChoice {
  readonly now: Date
  /** What one line is about. */
  readonly by: AttainmentGroup
  /** One line per month, quarter or year. Absent: the whole time is one. */
  readonly every?: SpanUnit
  /** Only what was due within. */
  readonly within?: Span
  /** Absent: all that are on the list. */
  readonly datasetIds?: readonly bigint[]
}

export interface AttainmentLine extends Attainment {
  /** Code of the dataset or department, the sharing type; `` for all. */
  readonly of: string
  /** First day of the month, quarter or year; null where the whole time is one. */
  readonly from: string | null
}

/**
 * Attainment as every page and command tells it, from `guiji.attainment`, in the order of codes and time. Reads
 * occurrences as they were last judged: call `judge` first. Lines on which nothing was due are left out.
 */
export async function readAttainment(
  db: Kysely<ControlDatabase>,
  { now, by, every, within, datasetIds }: AttainmentChoice,
): Promise<AttainmentLine[]> {
  const from = every === undefined ? sql`null::date` : sql`date_trunc(${every}, a.month)::date`
  const { rows } = await sql<AttainmentLine>`
    select ${groupColumns[by]} as of, ${from} as "from", ${sums(now)}
    from guiji.attainment a join guiji.dataset d on d.id = a.dataset_id
    where case when ${datasetIds === undefined} then d.retired_at is null
        else d.id = any(${datasetIds ?? []}::bigint[]) end
      and (${within === undefined} or (a.month >= ${within?.since ?? null}::date and a.month < ${within?.until ?? null}::date))
    group by 1, 2 order by 1, 2`.execute(db)
  return rows
}

/** All of a choice as one line. */
export async function totalAttainment(
  db: Kysely<ControlDatabase>,
  choice: Omit<AttainmentChoice, 'by' | 'every'>,
): Promise<Attainment> {
  const [line] = await readAttainment(db, { ...choice, by: 'all' })
  if (line === undefined) return noAttainment
  const { of: _of, from: _from, ...figures } = line
  return figures
}

const groupColumns = {
  dataset: sql.ref('d.code'),
  department: sql.ref('d.department'),
  'sharing-type': sql.ref('d.sharing_type'),
  all: sql`''`,
} as const

/** sum() of bigint is numeric, which would arrive as text. */
function sums(now: Date) {
  const sum = (column: string) => sql`sum(${sql.ref(`a.${column}`)})::bigint`
  return sql`
    ${sum('kept')} as kept, ${sum('owed')} as owed, ${sum('late')} as late, ${sum('missed')} as missed,
    ${sum('waived')} as waived, ${sum('void')} as void, ${sum('pending')} as pending,
    ${sum('provisional')} as provisional, ${sum('kept_provisional')} as "keptProvisional",
    trunc(extract(epoch from greatest(max(a.longest_lateness), ${now}::timestamptz - min(a.late_since))))::bigint
      as "longestLateness"`
}
