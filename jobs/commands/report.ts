import { rename, rm, writeFile } from 'node:fs/promises'
import { Option } from 'commander'
import {
  parseSpan,
  type Span,
  type SpanUnit,
  spanAt,
  spanBefore,
  spanExamples,
} from '../../src/attainment/span.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { judge } from '../../src/freshness/judge.ts'
import { planOccurrences } from '../../src/freshness/plan-occurrences.ts'
import type { Page } from '../../src/report/page.ts'
import { type ReportFacts, readReport } from '../../src/report/report-facts.ts'
import { writeCsv } from '../../src/report/write-csv.ts'
import { writeHtml } from '../../src/report/write-html.ts'
import { writeMarkdown } from '../../src/report/write-markdown.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { reportPage } from '../report-page.ts'
import { writeReportWorkbook } from '../report-workbook.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { instantText } from '../terminal/format.ts'

interface ReportOptions extends GlobalOptions, Partial<Readonly<Record<SpanUnit, string>>> {
  readonly format?: string
  readonly to?: string
}

const textFormats: Readonly<Record<string, (page: Page) => string>> = {
  md: writeMarkdown,
  csv: writeCsv,
  html: writeHtml,
}
const formats = [...Object.keys(textFormats), 'xlsx']

export const reportCommand: CommandMaker = (shell, done) => {
  const { say } = shell
  const texts = {
    about: 'help.report',
    example: 'guiji report --month 2026-10 --format xlsx --to report.xlsx',
  } as const
  const command = newCommand(shell, 'report', texts)
    .addOption(new Option('--month <yyyy-mm>', say('option.month')))
    .addOption(new Option('--quarter <yyyy-Qn>', say('option.quarter')))
    .addOption(new Option('--year <yyyy>', say('option.year')))
    .addOption(new Option('--format <format>', say('option.format')))
    .addOption(new Option('--to <file>', say('option.to')))
  return onCall<ReportOptions>(command, done, (options) => report(shell, options))
}

async function report(shell: Shell, options: ReportOptions): Promise<ExitCode> {
  const format = formatOf(options)
  requireFile(shell, format, options)
  const now = new Date(shell.clock())
  const chosen = chosenSpan(shell, options)
  await using session = await openSession(shell, options)
  const { db, settings } = session
  const { timeZone } = settings
  await planOccurrences(db, { now, horizonDays })
  await judge(db, { now })
  const span = chosen ?? spanBefore(spanAt('month', now, timeZone))
  const facts = await readReport(db, { span, timeZone, now })
  if (options.json === true) {
    shell.out.json(reportJson(facts))
    return 0
  }
  const page = reportPage(facts, { say: shell.say, language: shell.language, name: settings.name })
  await writePage(shell, page, format, options.to)
  return 0
}

function formatOf({ format, to }: ReportOptions): string {
  const named = to === undefined ? undefined : formats.find((one) => to.toLowerCase().endsWith(`.${one}`))
  const found = format ?? named ?? 'md'
  if (formats.includes(found)) return found
  throw new GuijiError('COMMAND_VALUE', { option: '--format', found, expected: formats.join(', ') })
}

/** A workbook is no text: it goes to a file only. */
function requireFile({ say }: Shell, format: string, { to, json }: ReportOptions): void {
  if (format === 'xlsx' && to === undefined && json !== true)
    throw new GuijiError('COMMAND_ARGUMENT_MISSING', {
      found: say('report.to-file'),
      command: 'guiji report',
    })
}

/** The span asked for; undefined where none is: last month's report is the one that is due. */
function chosenSpan({ say }: Shell, options: ReportOptions): Span | undefined {
  const units = (Object.keys(spanExamples) as SpanUnit[]).filter((unit) => options[unit] !== undefined)
  if (units.length > 1) throw new GuijiError('COMMAND_CHOICE', { found: say('report.which') })
  const [unit] = units
  if (unit === undefined) return undefined
  const found = options[unit] ?? ''
  const span = parseSpan(unit, found)
  if (span !== undefined) return span
  throw new GuijiError('COMMAND_VALUE', { option: `--${unit}`, found, expected: spanExamples[unit] })
}

async function writePage(shell: Shell, page: Page, format: string, to: string | undefined): Promise<void> {
  const text = textFormats[format]?.(page)
  if (to === undefined) {
    await shell.out.write(text ?? '')
    return
  }
  // Nobody must take the half of a file that was interrupted for the whole.
  const part = `${to}.part`
  try {
    if (text === undefined) await writeReportWorkbook(part, page, shell.say('report.sheet.detail'))
    else await writeFile(part, text)
    await rename(part, to)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  shell.err.line(shell.say('report.written', { file: to }))
}

/** The facts for programs: counts as decimal strings, lateness in seconds, instants with the offset. */
function reportJson(facts: ReportFacts): object {
  const instant = (at: Date) => instantText(at, facts.timeZone)
  return {
    ...facts,
    now: instant(facts.now),
    cutoff: instant(facts.cutoff),
    incidents: facts.incidents.map((one) => ({
      ...one,
      openedAt: instant(one.openedAt),
      closedAt: one.closedAt === null ? null : instant(one.closedAt),
    })),
  }
}
