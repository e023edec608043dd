import type { Kysely } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { CycleCode } from '../../catalog-schema/vocabulary/cycles.ts'
import type { SharingType } from '../../catalog-schema/vocabulary/sharing.ts'
import type { AlertFacts } from '../alerts/message.ts'
import { openAlertsAt } from '../alerts/read-alerts.ts'
import {
  type Attainment,
  type AttainmentLine,
  noAttainment,
  readAttainment,
  totalAttainment,
} from '../attainment/read-attainment.ts'
import { instantsOf, type Span, spanBefore } from '../attainment/span.ts'
import { readAmounts } from './read-amounts.ts'
import { readUnkept, type Unkept } from './read-unkept.ts'

/** Rows and rejects of one dataset over a span. */
export interface Amounts {
  /** Rows held at the end, and at the beginning. */
  readonly held: bigint
  readonly heldBefore: bigint
  /** Rows received within the span, and within the one before. */
  readonly received: bigint
  readonly receivedBefore: bigint
  /** Records rejected for the first time within the span. */
  readonly rejected: bigint
  /** Rejects open at the end. */
  readonly openRejects: bigint
}

export interface ReportedDataset extends Amounts {
  readonly id: bigint
  readonly code: string
  readonly name: string
  readonly department: string
  readonly departmentName: string
  readonly sharingType: SharingType
  /** In force at the end of the span. */
  readonly cycle: CycleCode
  readonly noClock: boolean
  readonly attainment: Attainment
}

export interface ReportedDepartment extends Amounts {
  readonly code: string
  readonly name: string
  readonly datasets: number
  readonly noClock: number
  readonly attainment: Attainment
}

/** All that a report tells, as facts: no words, no rounding. */
export interface ReportFacts {
  readonly span: Span
  readonly timeZone: string
  /** When it was made. */
  readonly now: Date
  /** Up to when facts are counted: the end of the span, or `now` where it is not over. */
  readonly cutoff: Date
  readonly total: ReportedDepartment
  readonly departments: readonly ReportedDepartment[]
  readonly sharingTypes: readonly AttainmentLine[]
  readonly datasets: readonly ReportedDataset[]
  readonly unkept: readonly Unkept[]
  readonly incidents: readonly AlertFacts[]
}

/**
 * What is known of a span. Occurrences must have been judged up to `now`. Datasets that left the list within the span
 * or since are in it: what was owed then stays told.
 */
export async function readReport(
  db: Kysely<ControlDatabase>,
  options: { readonly span: Span; readonly timeZone: string; readonly now: Date },
): Promise<ReportFacts> {
  const { span, timeZone, now } = options
  const { begin, end } = instantsOf(span, timeZone)
  const cutoff = new Date(Math.min(end.getTime(), now.getTime()))
  const amounts = await readAmounts(db, {
    begin,
    cutoff,
    before: instantsOf(spanBefore(span), timeZone).begin,
  })
  const choice = { now, within: span, datasetIds: amounts.map(({ id }) => id) }
  const lines = new Map(
    (await readAttainment(db, { ...choice, by: 'dataset' })).map(({ of, from: _, ...figures }) => [
      of,
      figures,
    ]),
  )
  const datasets = amounts.map((one) => ({ ...one, attainment: lines.get(one.code) ?? noAttainment }))
  const owed = await readAttainment(db, { ...choice, by: 'department' })
  return {
    span,
    timeZone,
    now,
    cutoff,
    total: sumOf({ code: '', name: '' }, datasets, await totalAttainment(db, choice)),
    departments: departmentsOf(datasets, owed),
    sharingTypes: await readAttainment(db, { ...choice, by: 'sharing-type' }),
    datasets,
    unkept: await readUnkept(db, choice),
    incidents: await openAlertsAt(db, cutoff),
  }
}

function departmentsOf(
  datasets: readonly ReportedDataset[],
  owed: readonly AttainmentLine[],
): ReportedDepartment[] {
  const byDepartment = Map.groupBy(datasets, ({ department }) => department)
  return [...byDepartment].map(([code, of]) => {
    const line = owed.find((one) => one.of === code)
    const { of: _of, from: _from, ...figures } = line ?? { ...noAttainment, of: code, from: null }
    return sumOf({ code, name: of[0]?.departmentName ?? code }, of, figures)
  })
}

function sumOf(
  named: { readonly code: string; readonly name: string },
  datasets: readonly ReportedDataset[],
  attainment: Attainment,
): ReportedDepartment {
  const sum = (name: keyof Amounts) => datasets.reduce((total, one) => total + one[name], 0n)
  return {
    ...named,
    datasets: datasets.length,
    noClock: datasets.filter(({ noClock }) => noClock).length,
    attainment,
    held: sum('held'),
    heldBefore: sum('heldBefore'),
    received: sum('received'),
    receivedBefore: sum('receivedBefore'),
    rejected: sum('rejected'),
    openRejects: sum('openRejects'),
  }
}
