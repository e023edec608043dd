import { judgementReasons } from '../catalog-schema/vocabulary/outcomes.ts'
import { verdicts as verdictTitles } from '../catalog-schema/vocabulary/verdicts.ts'
import { type Clocks, clockSources } from '../src/freshness/clocks.ts'
import { type JudgedPeriod, readJudgements } from '../src/store/read-judgements.ts'
import type { DatasetStatus } from '../src/store/read-status.ts'
import { readWaivers } from '../src/store/read-waivers.ts'
import { causeText } from './cause-text.ts'
import type { MessageKey } from './messages.ts'
import { outcomeText } from './outcome-text.ts'
import type { Session } from './session.ts'
import type { Shell } from './shell.ts'
import { instantText, shortInstant } from './terminal/format.ts'
import { formatTable } from './terminal/table.ts'
import { waiverJson, waiverTable } from './waiver-words.ts'

/** Periods that are shown; programs get more. */
const shownPeriods = 24
const givenPeriods = 1000

/** Where the clocks of a dataset come from, beside the instants: `…By`, as codes. */
export function clocksJson(of: Clocks & { readonly provisional: boolean }, zone: string): object {
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  return {
    sourcePublishedAt: instant(of.sourcePublishedAt),
    sourcePublishedBy: of.publishedBy,
    lastCheckedBy: of.checkedBy,
    loadedAt: instant(of.loadedAt),
    visibleAt: instant(of.visibleAt),
    completeThroughBy: of.completeBy,
    provisional: of.provisional,
  }
}

/** One dataset's promise in full: its clocks, its periods with all that was ever said of them, its waivers. */
export async function showDataset(
  shell: Shell,
  session: Session,
  options: { readonly status: DatasetStatus; readonly id: bigint; readonly now: Date },
): Promise<void> {
  const { status, id, now } = options
  const { out, say, language } = shell
  const zone = session.settings.timeZone
  const periods = await readJudgements(session.pool, id, { now, limit: shownPeriods })
  const waivers = await readWaivers(session.pool, id)
  const verdict = [
    verdictTitles[status.verdict][language],
    causeText(status.cause, language),
    status.provisional ? say('promise.provisional') : '',
  ]
  const { code, name } = status
  out.line(say('promise.head', { code, name, verdict: verdict.filter((word) => word !== '').join(' · ') }))
  out.line('')
  out.lines(clockTable(shell, status, zone))
  out.line('')
  if (periods.length === 0) out.line(say('promise.none'))
  else out.lines(periodTable(shell, periods, zone))
  if (waivers.length === 0) return
  out.line('')
  out.lines(waiverTable(shell, waivers, zone))
}

/** The same for programs: what `showDataset` tells beside the status of the dataset. */
export async function datasetJson(
  session: Session,
  { id, now }: { readonly id: bigint; readonly now: Date },
): Promise<object> {
  const zone = session.settings.timeZone
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  const periods = await readJudgements(session.pool, id, { now, limit: givenPeriods })
  return {
    periods: periods.map((one) => ({
      ...one,
      periodStart: instant(one.periodStart),
      periodEnd: instant(one.periodEnd),
      dueAt: instant(one.dueAt),
      lateAt: instant(one.lateAt),
      waivedUntil: instant(one.waivedUntil),
      keptAt: instant(one.keptAt),
      said: one.said.map((said) => ({ ...said, at: instant(said.at), lateAt: instant(said.lateAt) })),
    })),
    waivers: (await readWaivers(session.pool, id)).map((waiver) => waiverJson(waiver, zone)),
  }
}

function clockTable({ say, language }: Shell, of: Clocks, zone: string): string[] {
  const source = (code: string | null) =>
    code === null
      ? ''
      : Object.hasOwn(clockSources, code)
        ? clockSources[code as keyof typeof clockSources][language]
        : code
  const rows: [MessageKey, Date | null, string | null][] = [
    ['promise.source-published', of.sourcePublishedAt, of.publishedBy],
    ['promise.last-checked', of.lastCheckedAt, of.checkedBy],
    ['promise.last-changed', of.lastChangedAt, 'comparison'],
    ['promise.loaded', of.loadedAt, 'commit'],
    ['promise.visible', of.visibleAt, 'publication'],
    ['promise.complete-through', of.completeThrough, of.completeBy],
  ]
  return formatTable(
    [{ title: say('promise.clock') }, { title: say('promise.at') }, { title: say('promise.from') }],
    rows.map(([title, at, from]) => [say(title), shortInstant(at, zone), at === null ? '' : source(from)]),
  )
}

function periodTable({ say, language }: Shell, periods: readonly JudgedPeriod[], zone: string): string[] {
  return formatTable(
    [
      { title: say('promise.period') },
      { title: say('status.due') },
      { title: say('promise.late-at') },
      { title: say('promise.outcome') },
      { title: say('status.cause') },
      { title: say('promise.kept-at') },
      { title: say('promise.run'), align: 'right' },
      { title: say('promise.said'), max: 60 },
    ],
    periods.map((one) => [
      one.period,
      shortInstant(one.dueAt, zone),
      shortInstant(one.lateAt, zone),
      [outcomeText(one.outcome, language), one.provisional ? say('promise.provisional') : '']
        .filter((word) => word !== '')
        .join(' · '),
      causeText(one.cause, language),
      shortInstant(one.keptAt, zone),
      one.run === null ? '' : String(one.run),
      one.said
        .slice(0, -1)
        .map(({ at, outcome, reason }) =>
          [shortInstant(at, zone), outcomeText(outcome, language), judgementReasons[reason][language]].join(
            ' ',
          ),
        )
        .join('; '),
    ]),
  )
}
