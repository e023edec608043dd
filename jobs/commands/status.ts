import { Option } from 'commander'
import { cycles } from '../../catalog-schema/vocabulary/cycles.ts'
import { verdicts as verdictTitles } from '../../catalog-schema/vocabulary/verdicts.ts'
import { judge } from '../../src/freshness/judge.ts'
import { planOccurrences } from '../../src/freshness/plan-occurrences.ts'
import { attainment } from '../../src/freshness/verdicts.ts'
import { listedDatasets } from '../../src/store/read-datasets.ts'
import { type DatasetStatus, readStatus } from '../../src/store/read-status.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { causeText } from '../cause-text.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { clocksJson, datasetJson, showDataset } from '../dataset-status.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, shareText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

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
  const choice = { ...(department && { department }), ...(code !== undefined && { codes: [code] }) }
  const datasets = await listedDatasets(pool, choice)
  const now = new Date(shell.clock())
  await planOccurrences(db, { now, horizonDays })
  await judge(db, { now })
  const board = await readStatus(pool, db, { now, datasets })
  const zone = session.settings.timeZone
  const [id, only] = code === undefined ? [] : [datasets[0]?.id, board[0]]
  const details = options.json === true && id !== undefined ? await datasetJson(session, { id, now }) : {}
  if (options.json === true) shell.out.json({ ...statusJson(board, now, zone), ...details })
  else if (id !== undefined && only !== undefined)
    await showDataset(shell, session, { status: only, id, now })
  else showStatus(shell, board, now, zone)
  return 0
}

/** The answer to programs: counts as decimal strings, instants with the workspace zone's offset. */
export function statusJson(board: readonly DatasetStatus[], now: Date, zone: string): object {
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  const { departments, datasets, held, received, kept, owed, noClock } = totalsOf(board)
  return {
    asOf: instantText(now, zone),
    totals: { departments, datasets, held, received, kept, owed, noClock },
    datasets: board.map((one) => ({
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
      ...clocksJson(one, zone),
    })),
  }
}

function totalsOf(board: readonly DatasetStatus[]) {
  return {
    departments: new Set(board.map(({ department }) => department)).size,
    datasets: board.length,
    held: board.reduce((sum, { held }) => sum + held, 0n),
    received: board.reduce((sum, { received }) => sum + received, 0n),
    ...attainment(board),
  }
}

/** The board: one table per department, then the totals. */
export function showStatus(shell: Shell, board: readonly DatasetStatus[], now: Date, zone: string): void {
  const { out, say } = shell
  if (board.length === 0) {
    out.line(say('status.nothing'))
    return
  }
  for (const code of new Set(board.map(({ department }) => department))) {
    const of = board.filter(({ department }) => department === code)
    const { datasets, held, kept, owed } = totalsOf(of)
    const name = of[0]?.departmentName ?? code
    const share = shareText(kept, owed)
    out.line(say('status.department', { name, code, datasets, held: countText(held), kept, owed, share }))
    out.lines(boardOf(shell, of, zone).map((line) => `  ${line}`))
    out.line('')
  }
  showTotals(shell, board, now, zone)
}

function showTotals({ out, say }: Shell, board: readonly DatasetStatus[], now: Date, zone: string): void {
  const { departments, datasets, held, received, kept, owed, noClock } = totalsOf(board)
  const counts = { held: countText(held), received: countText(received) }
  out.line(say('status.totals', { departments, datasets, ...counts }))
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
