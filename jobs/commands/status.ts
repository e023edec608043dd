import { Option } from 'commander'
import { cycles } from '../../catalog-schema/vocabulary/cycles.ts'
import { verdicts as verdictTitles } from '../../catalog-schema/vocabulary/verdicts.ts'
import { bringUpToDate } from '../../src/freshness/bring-up-to-date.ts'
import { reapLostRuns } from '../../src/harvest/lifecycle/reap.ts'
import { readTroubled } from '../../src/sources/record-health.ts'
import { listedDataset, requireDepartment } from '../../src/store/read-datasets.ts'
import {
  type BoardPage,
  type DatasetStatus,
  type DepartmentTotals,
  readDepartments,
  readStatus,
  totalsOfDatasets,
} from '../../src/store/read-status.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { causeText } from '../cause-text.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { clocksJson, datasetJson, showDataset } from '../dataset-status.ts'
import { openSession, type Session } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, shareText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'
import { troubledJson, troubledLines } from '../troubled-sources.ts'

interface StatusOptions extends GlobalOptions {
  readonly department?: string
}

export const statusCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'status', {
    about: 'help.status',
    example: 'guiji status --department gongan',
  })
    .argument('[dataset]', shell.say('argument.dataset'))
    .addOption(new Option('--department <code>', shell.say('option.department')))
  return onCall<StatusOptions>(command, done, (options, [code]) =>
    status(shell, options, typeof code === 'string' ? code : undefined),
  )
}

async function status(shell: Shell, options: StatusOptions, code: string | undefined): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const { pool, db } = session
  const { department } = options
  if (department !== undefined) await requireDepartment(pool, department)
  const dataset = code === undefined ? undefined : await listedDataset(pool, code)
  await reapLostRuns(pool)
  const now = new Date(shell.clock())
  await bringUpToDate(db, { now, horizonDays })
  const board = await readBoard(db, { now, department, code })
  const zone = session.settings.timeZone
  const troubled = await readTroubled(pool, now)
  if (options.json === true) {
    const details = dataset === undefined ? {} : await datasetJson(session, { id: dataset.id, now })
    shell.out.json({
      ...statusJson(board, now, zone, dataset !== undefined),
      ...details,
      ...troubledJson(troubled, zone),
    })
    return 0
  }
  const [only] = board.datasets
  if (dataset !== undefined && only !== undefined)
    await showDataset(shell, session, { status: only, id: dataset.id, now })
  else showStatus(shell, board, now, zone)
  shell.out.lines(troubledLines(shell, troubled, zone))
  return 0
}

/** The totals of departments, and their datasets in the same order. */
export interface Board {
  readonly departments: readonly DepartmentTotals[]
  readonly datasets: readonly DatasetStatus[]
}

/** Totals and datasets of one instant: a publication in the middle is seen by both or by neither. */
async function readBoard(db: Session['db'], choice: BoardPage): Promise<Board> {
  const reading = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
  return await reading.execute(async (trx) => {
    const datasets = await readStatus(trx, choice)
    const departments =
      choice.code === undefined ? await readDepartments(trx, choice) : [totalsOfDatasets(datasets)]
    return { departments, datasets }
  })
}

/** The answer to programs: counts as decimal strings, instants with the workspace zone's offset. */
export function statusJson(board: Board, now: Date, zone: string, withClocks = false): object {
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  return {
    asOf: instantText(now, zone),
    totals: totalsOf(board.departments),
    datasets: board.datasets.map((one) => ({
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
      ...(withClocks && clocksJson(one, zone)),
    })),
  }
}

function totalsOf(of: readonly DepartmentTotals[]) {
  const sum = (count: (one: DepartmentTotals) => bigint) => of.reduce((total, one) => total + count(one), 0n)
  return {
    departments: of.length,
    datasets: Number(sum(({ datasets }) => datasets)),
    held: sum(({ held }) => held),
    received: sum(({ received }) => received),
    kept: sum(({ kept }) => kept),
    owed: sum(({ owed }) => owed),
    noClock: Number(sum(({ noClock }) => noClock)),
  }
}

/** The board: one table per department, then the totals. */
export function showStatus(shell: Shell, board: Board, now: Date, zone: string): void {
  const { out, say } = shell
  if (board.datasets.length === 0) {
    out.line(say('status.nothing'))
    return
  }
  const byDepartment = Map.groupBy(board.datasets, ({ department }) => department)
  for (const { department: code, name, datasets, held, kept, owed } of board.departments) {
    const share = shareText(kept, owed)
    out.line(say('status.department', { name, code, datasets, held: countText(held), kept, owed, share }))
    out.lines(boardOf(shell, byDepartment.get(code) ?? [], zone).map((line) => `  ${line}`))
    out.line('')
  }
  showTotals(shell, board.departments, now, zone)
}

function showTotals(
  { out, say }: Shell,
  departments: readonly DepartmentTotals[],
  now: Date,
  zone: string,
): void {
  const { held, received, kept, owed, noClock, ...numbers } = totalsOf(departments)
  const counts = { held: countText(held), received: countText(received) }
  out.line(say('status.totals', { ...numbers, ...counts }))
  out.line(say('status.attainment', { kept, owed, noClock, share: shareText(kept, owed) }))
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
