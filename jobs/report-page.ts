import { cycles } from '../catalog-schema/vocabulary/cycles.ts'
import { sharingTypes } from '../catalog-schema/vocabulary/sharing.ts'
import type { Language } from '../src/errors/table.ts'
import type { Page, PageSection, PageTable } from '../src/report/page.ts'
import type { ReportFacts } from '../src/report/report-facts.ts'
import { causeText } from './cause-text.ts'
import { chineseNumber } from './chinese-number.ts'
import type { MessageKey, Say } from './messages.ts'
import {
  amountsTable,
  besideTable,
  causesTable,
  departmentsTable,
  incidentsTable,
  noClockTable,
  rejectsTable,
  sharingTable,
  unkeptTable,
} from './report-tables.ts'
import { growthText, latenessText } from './report-words.ts'
import { countText, shareText, shortInstant } from './terminal/format.ts'

export interface ReportWords {
  readonly say: Say
  readonly language: Language
  /** Name of the workspace: who reports. */
  readonly name: string
}

/** The facts of a span as a report that can be sent out. */
export function reportPage(facts: ReportFacts, words: ReportWords): Page {
  const { say, language, name } = words
  const kind = say(kinds[facts.span.unit])
  const parts: readonly PageSection[] = [
    { title: say('report.summary'), texts: summaryTexts(facts, words) },
    section('report.departments', departmentsTable(facts, words), words),
    section('report.sharing', sharingTable(facts, words), words),
    section('report.causes', causesTable(facts, words), words, say('report.none-unkept')),
    section('report.unkept', unkeptTable(facts, words), words, say('report.none-unkept')),
    section('report.amounts', amountsTable(facts, words), words),
    section('report.rejects', rejectsTable(facts, words), words, say('report.none-rejected')),
    noClockSection(facts, words),
    section('report.beside', besideTable(facts, words), words, say('report.none-beside')),
    section('report.incidents', incidentsTable(facts, words), words, say('report.none-incidents')),
    { title: say('report.rules'), texts: rules.map((key) => say(key)) },
  ]
  return {
    language,
    title: say('report.title', { name, kind, span: facts.span.label }),
    lines: headLines(facts, say),
    sections: parts.map((part, at) => ({ ...part, title: numbered(part.title, at, words) })),
    detail: detailTable(facts, words),
  }
}

const kinds = { month: 'report.month', quarter: 'report.quarter', year: 'report.year' } as const

const rules = ['report.rule.owed', 'report.rule.kept', 'report.rule.lateness', 'report.rule.percent'] as const

/** 一、二、三: as a Chinese report numbers its sections. */
function numbered(title: string, at: number, { language }: ReportWords): string {
  return language === 'zh' ? `${chineseNumber(at + 1)}、${title}` : title
}

function section(
  title:
    | 'report.departments'
    | 'report.sharing'
    | 'report.causes'
    | 'report.unkept'
    | 'report.amounts'
    | 'report.rejects'
    | 'report.beside'
    | 'report.incidents',
  table: PageTable,
  { say }: ReportWords,
  ifEmpty?: string,
): PageSection {
  if (table.rows.length > 0) return { title: say(title), texts: [], table }
  return { title: say(title), texts: [ifEmpty ?? say('report.owed-none')] }
}

function headLines({ span, timeZone, now, cutoff }: ReportFacts, say: Say): string[] {
  const last = shortInstant(new Date(Date.parse(`${span.until}T00:00Z`) - 1), 'UTC').slice(0, 10)
  const isOver = cutoff.getTime() < now.getTime()
  return [
    say('report.span', { since: span.since, last, zone: timeZone }),
    say('report.made', { at: shortInstant(now, timeZone) }),
    ...(isOver ? [] : [say('report.not-over', { at: shortInstant(cutoff, timeZone) })]),
  ]
}

function summaryTexts(facts: ReportFacts, words: ReportWords): string[] {
  const { say } = words
  const { total, departments } = facts
  const { kept, owed, late, missed, waived, pending, provisional, keptProvisional } = total.attainment
  const attained =
    owed === 0n
      ? say('report.owed-none')
      : say('report.attained', { kept, owed, late, missed, share: shareText(kept, owed) })
  return [
    attained,
    ...(provisional === 0n ? [] : [say('report.provisional', { provisional, kept: keptProvisional })]),
    ...longestText(facts, words),
    say('report.not-owed', { waived, void: total.attainment.void, pending, noClock: total.noClock }),
    say('report.held', {
      departments: departments.length,
      datasets: total.datasets,
      held: countText(total.held),
      growth: growthText(total.held, total.heldBefore),
      received: countText(total.received),
      before: countText(total.receivedBefore),
      rejected: countText(total.rejected),
      open: countText(total.openRejects),
    }),
  ]
}

function longestText({ total, datasets }: ReportFacts, { say }: ReportWords): string[] {
  const longest = total.attainment.longestLateness
  if (longest === null) return []
  const of = datasets.find(({ attainment }) => attainment.longestLateness === longest)
  if (of === undefined) return []
  const { name, departmentName: department } = of
  return [say('report.longest', { lateness: latenessText(longest, say), name, department })]
}

function noClockSection(facts: ReportFacts, words: ReportWords): PageSection {
  const { say } = words
  const table = noClockTable(facts, words)
  const count = table.rows.length
  if (count === 0) return { title: say('report.no-clock'), texts: [say('report.none-without-clock')] }
  return { title: say('report.no-clock'), texts: [say('report.without-clock', { count })], table }
}

const detailTitles = [
  'report.department',
  'report.code',
  'report.dataset',
  'report.sharing-type',
  'report.cycle',
  'report.owed',
  'report.kept',
  'report.late',
  'report.missed',
  'report.waived',
  'report.void',
  'report.pending',
  'report.of-which-provisional',
  'report.share',
  'report.lateness',
  'report.cause',
  'report.rows-held',
  'report.growth',
  'report.rows-received',
  'report.received-before',
  'report.rejected',
  'report.open-rejects',
] as const satisfies readonly MessageKey[]

/** Every dataset with all its figures. */
function detailTable({ datasets, unkept }: ReportFacts, { say, language }: ReportWords): PageTable {
  const column = (key: MessageKey) => ({ title: say(key) })
  return {
    columns: detailTitles.map(column),
    rows: datasets.map((one) => {
      const { attainment } = one
      const causes = unkept
        .filter(({ code }) => code === one.code)
        .map(({ cause }) => causeText(cause, language))
      return [
        one.departmentName,
        one.code,
        one.name,
        sharingTypes[one.sharingType][language],
        cycles[one.cycle][language],
        attainment.owed,
        attainment.kept,
        attainment.late,
        attainment.missed,
        attainment.waived,
        attainment.void,
        attainment.pending,
        attainment.provisional,
        one.noClock ? say('report.without') : shareText(attainment.kept, attainment.owed),
        latenessText(attainment.longestLateness, say),
        causes.join(say('report.and')),
        one.held,
        one.held - one.heldBefore,
        one.received,
        one.receivedBefore,
        one.rejected,
        one.openRejects,
      ]
    }),
  }
}
