import { Option } from 'commander'
import { cycles } from '../../catalog-schema/vocabulary/cycles.ts'
import { verdicts as verdictTitles } from '../../catalog-schema/vocabulary/verdicts.ts'
import {
  type Attainment,
  type AttainmentLine,
  noAttainment,
  readAttainment,
  totalAttainment,
} from '../../src/attainment/read-attainment.ts'
import { judge } from '../../src/freshness/judge.ts'
import { planOccurrences } from '../../src/freshness/plan-occurrences.ts'
import { readTroubled } from '../../src/sources/record-health.ts'
import { listedDatasets } from '../../src/store/read-datasets.ts'
import { type DatasetStatus, readStatus } from '../../src/store/read-status.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { causeText } from '../cause-text.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, shareText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'
import { troubledJson, troubledLines } from '../troubled-sources.ts'

/** All that a status tells: the datasets, and their promises over the whole time. */
interface Board {
  readonly now: Date
  readonly zone: string
  readonly datasets: readonly DatasetStatus[]
  readonly total: Attainment
  readonly departments: readonly AttainmentLine[]
}

interface StatusOptions extends GlobalOptions {
  readonly department?: string
}

export const statusCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'status', {
    about: 'help.status',
    example: 'guiji status --department gongan',
  }).addOption(new Option('--department <code>', shell.say('option.department')))
  return onCall<StatusOptions>(command, done, (options) => status(shell, options))
}

async function status(shell: Shell, options: StatusOptions): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const { pool, db } = session
  const { department } = options
  const datasets = await listedDatasets(pool, department === undefined ? {} : { department })
  const now = new Date(shell.clock())
  await planOccurrences(db, { now, horizonDays })
  await judge(db, { now })
  const datasetIds = datasets.map(({ id }) => id)
  const board: Board = {
    now,
    zone: session.settings.timeZone,
    datasets: await readStatus(pool, db, { now, datasets }),
    total: await totalAttainment(db, { now, datasetIds }),
    departments: await readAttainment(db, { now, by: 'department', datasetIds }),
  }
  const troubled = await readTroubled(pool, now)
  if (options.json === true) shell.out.json({ ...statusJson(board), ...troubledJson(troubled, board.zone) })
  else {
    showStatus(shell, board)
    shell.out.lines(troubledLines(shell, troubled, board.zone))
  }
  return 0
}

/** The answer to programs: counts as decimal strings, instants with the workspace zone's offset. */
function statusJson({ now, zone, datasets, total }: Board): object {
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  const { kept, owed } = total
  return {
    asOf: instantText(now, zone),
    totals: { ...countsOf(datasets), kept, owed },
    datasets: datasets.map((one) => ({
      code: one.code,
      name: one.name,
      department: one.department,
      cycle: one.cycle,
      verdict: one.verdict,
      cause: one.cause,
      dueAt: instant(one.dueAt),
      completeThrough: instant(one.completeThrough),
      lastCheckedAt: instant(one.lastCheckedAt),
      lastChangedAt: instant(one.lastChangedAt),
      held: one.held,
      received: one.received,
    })),
  }
}

function countsOf(datasets: readonly DatasetStatus[]) {
  return {
    departments: new Set(datasets.map(({ department }) => department)).size,
    datasets: datasets.length,
    held: datasets.reduce((sum, { held }) => sum + held, 0n),
    received: datasets.reduce((sum, { received }) => sum + received, 0n),
    noClock: datasets.filter(({ noClock }) => noClock).length,
  }
}

/** The board: one table per department, then the totals. */
function showStatus(shell: Shell, board: Board): void {
  const { out, say } = shell
  if (board.datasets.length === 0) {
    out.line(say('status.nothing'))
    return
  }
  for (const code of new Set(board.datasets.map(({ department }) => department))) {
    const of = board.datasets.filter(({ department }) => department === code)
    const { datasets, held } = countsOf(of)
    const { kept, owed } = board.departments.find((line) => line.of === code) ?? noAttainment
    const name = of[0]?.departmentName ?? code
    const share = shareText(kept, owed)
    out.line(say('status.department', { name, code, datasets, held: countText(held), kept, owed, share }))
    out.lines(boardOf(shell, of, board.zone).map((line) => `  ${line}`))
    out.line('')
  }
  showTotals(shell, board)
}

function showTotals({ out, say }: Shell, { now, zone, datasets: all, total }: Board): void {
  const { departments, datasets, held, received, noClock } = countsOf(all)
  const counts = { held: countText(held), received: countText(received) }
  out.line(say('status.totals', { departments, datasets, ...counts }))
  const { kept, owed, late, missed, waived, pending, provisional } = total
  out.line(say('status.attainment', { kept, owed, share: shareText(kept, owed), late, missed }))
  out.line(say('status.beside', { waived, void: total.void, pending, provisional, noClock }))
  out.line(say('status.as-of', { at: instantText(now, zone) }))
}

function boardOf({ say, language }: Shell, board: readonly DatasetStatus[], zone: string): string[] {
  return formatTable(
    [
      { title: say('status.code') },
      { title: say('status.name'), max: 40 },
      { title: say('status.cycle') },
      { title: say('status.verdict') },
      { title: say('status.cause') },
      { title: say('status.due') },
      { title: say('status.checked') },
      { title: say('status.held'), align: 'right' },
      { title: say('status.received'), align: 'right' },
    ],
    board.map((one) => [
      one.code,
      one.name,
      cycles[one.cycle][language],
      verdictTitles[one.verdict][language],
      causeText(one.cause, language),
      shortInstant(one.dueAt, zone),
      shortInstant(one.lastCheckedAt, zone),
      countText(one.held),
      countText(one.received),
    ]),
  )
}
