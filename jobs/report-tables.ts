import { alertKindOf } from '../catalog-schema/vocabulary/alert-kinds.ts'
import { cycles } from '../catalog-schema/vocabulary/cycles.ts'
import { type SharingType, sharingTypes } from '../catalog-schema/vocabulary/sharing.ts'
import type { Attainment } from '../src/attainment/read-attainment.ts'
import type { PageCell, PageColumn, PageTable } from '../src/report/page.ts'
import type { Unkept } from '../src/report/read-unkept.ts'
import type { ReportedDepartment, ReportFacts } from '../src/report/report-facts.ts'
import { causeText } from './cause-text.ts'
import type { MessageKey, Say } from './messages.ts'
import type { ReportWords } from './report-page.ts'
import { growthShare, growthText, latenessText } from './report-words.ts'
import { shareText, shortInstant } from './terminal/format.ts'

/** Each table of the report from its facts. */

export function departmentsTable({ departments, total }: ReportFacts, { say }: ReportWords): PageTable {
  const row = (name: string, one: ReportedDepartment): PageCell[] => [
    name,
    BigInt(one.datasets),
    ...figures(one.attainment, say),
    BigInt(one.noClock),
  ]
  return {
    columns: [
      left('report.department', say),
      ...right(['report.count', ...figureTitles, 'report.without'], say),
    ],
    rows: withTotal(departments, total, row, say),
    totals: true,
  }
}

export function sharingTable(
  { sharingTypes: lines }: ReportFacts,
  { say, language }: ReportWords,
): PageTable {
  return {
    columns: [left('report.sharing-type', say), ...right(figureTitles, say)],
    rows: lines.map(({ of, ...attainment }) => [
      sharingTypes[of as SharingType][language],
      ...figures(attainment, say),
    ]),
  }
}

export function causesTable({ unkept }: ReportFacts, { say, language }: ReportWords): PageTable {
  const byCause = Map.groupBy(unkept, ({ departmentName, cause }) => `${departmentName}\n${cause ?? ''}`)
  return {
    columns: [
      left('report.department', say),
      left('report.cause', say),
      ...right(['report.count', 'report.late', 'report.missed'], say),
    ],
    rows: [...byCause.values()].map((of) => [
      of[0]?.departmentName ?? '',
      causeWords(of[0]?.cause ?? null, language, say),
      BigInt(new Set(of.map(({ code }) => code)).size),
      sum(of, 'late'),
      sum(of, 'missed'),
    ]),
  }
}

export function unkeptTable({ unkept }: ReportFacts, { say, language }: ReportWords): PageTable {
  return {
    columns: [
      ...(['report.department', 'report.dataset', 'report.periods', 'report.cause'] as const).map((key) =>
        left(key, say),
      ),
      ...right(
        [
          'report.late',
          'report.still-open',
          'report.missed',
          'report.of-which-provisional',
          'report.lateness',
        ],
        say,
      ),
    ],
    rows: unkept.map((one) => [
      one.departmentName,
      one.name,
      one.first === one.last ? one.first : say('report.from-to', { first: one.first, last: one.last }),
      causeWords(one.cause, language, say),
      one.late,
      one.stillOpen,
      one.missed,
      one.provisional,
      latenessText(one.longestLateness, say),
    ]),
  }
}

export function amountsTable({ departments, total }: ReportFacts, { say }: ReportWords): PageTable {
  const row = (name: string, one: ReportedDepartment): PageCell[] => [
    name,
    one.held,
    growthText(one.held, one.heldBefore),
    growthShare(one.held, one.heldBefore),
    one.received,
    one.receivedBefore,
    growthShare(one.received, one.receivedBefore),
  ]
  const titles = [
    'report.rows-held',
    'report.growth',
    'report.growth-share',
    'report.rows-received',
    'report.received-before',
    'report.growth-share',
  ] as const
  return {
    columns: [left('report.department', say), ...right(titles, say)],
    rows: withTotal(departments, total, row, say),
    totals: true,
  }
}

export function rejectsTable({ datasets }: ReportFacts, { say }: ReportWords): PageTable {
  return {
    columns: [
      left('report.department', say),
      left('report.dataset', say),
      ...right(['report.rejected', 'report.open-rejects'], say),
    ],
    rows: datasets
      .filter(({ rejected, openRejects }) => rejected > 0n || openRejects > 0n)
      .map((one) => [one.departmentName, one.name, one.rejected, one.openRejects]),
  }
}

export function noClockTable({ datasets }: ReportFacts, { say, language }: ReportWords): PageTable {
  return {
    columns: (['report.department', 'report.dataset', 'report.cycle'] as const).map((key) => left(key, say)),
    rows: datasets
      .filter(({ noClock }) => noClock)
      .map((one) => [one.departmentName, one.name, cycles[one.cycle][language]]),
  }
}

export function besideTable({ datasets }: ReportFacts, { say }: ReportWords): PageTable {
  const counts = ['provisional', 'waived', 'void', 'pending'] as const
  return {
    columns: [
      left('report.department', say),
      left('report.dataset', say),
      ...right(['report.of-which-provisional', 'report.waived', 'report.void', 'report.pending'], say),
    ],
    rows: datasets
      .filter(({ attainment }) => counts.some((count) => attainment[count] > 0n))
      .map(({ departmentName, name, attainment }) => [
        departmentName,
        name,
        ...counts.map((count) => attainment[count]),
      ]),
  }
}

export function incidentsTable(
  { incidents, timeZone }: ReportFacts,
  { say, language }: ReportWords,
): PageTable {
  return {
    columns: [
      ...(['report.since', 'report.incident', 'report.subject', 'report.cause'] as const).map((key) =>
        left(key, say),
      ),
      ...right(['report.datasets-of'], say),
    ],
    rows: incidents.map((one) => [
      shortInstant(one.openedAt, timeZone),
      alertKindOf(one.kind)?.[language] ?? one.kind,
      [one.source ?? one.department ?? '', one.note ?? ''].filter((text) => text !== '').join(' · '),
      causeText(one.cause, language),
      BigInt(one.datasets.length),
    ]),
  }
}

const figureTitles = [
  'report.owed',
  'report.kept',
  'report.share',
  'report.late',
  'report.missed',
  'report.lateness',
  'report.waived',
  'report.void',
  'report.pending',
  'report.of-which-provisional',
] as const satisfies readonly MessageKey[]

function figures(one: Attainment, say: Say): PageCell[] {
  return [
    one.owed,
    one.kept,
    shareText(one.kept, one.owed),
    one.late,
    one.missed,
    latenessText(one.longestLateness, say),
    one.waived,
    one.void,
    one.pending,
    one.provisional,
  ]
}

function withTotal(
  departments: readonly ReportedDepartment[],
  total: ReportedDepartment,
  row: (name: string, one: ReportedDepartment) => PageCell[],
  say: Say,
): PageCell[][] {
  return [...departments.map((one) => row(one.name, one)), row(say('report.total'), total)]
}

function causeWords(cause: string | null, language: 'en' | 'zh', say: Say): string {
  return cause === null ? say('report.no-cause') : causeText(cause, language)
}

function sum(of: readonly Unkept[], name: 'late' | 'missed'): bigint {
  return of.reduce((total, one) => total + one[name], 0n)
}

function left(key: MessageKey, say: Say): PageColumn {
  return { title: say(key) }
}

function right(keys: readonly MessageKey[], say: Say): PageColumn[] {
  return keys.map((key) => ({ title: say(key), align: 'right' }))
}
