import { Option } from 'commander'
import { accountNames } from '../../src/harvest/accounts.ts'
import { listedDataset } from '../../src/store/read-datasets.ts'
import { type RecordedRun, readRuns } from '../../src/store/read-runs.ts'
import { causeText } from '../cause-text.ts'
import { type CommandMaker, countOption, newCommand, onCall } from '../command.ts'
import { runSeconds } from '../harvest-report.ts'
import { errorWords, stateWord } from '../run-words.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, secondsText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface RunsOptions extends GlobalOptions {
  readonly limit?: string
}

const defaultLimit = '20'

export const runsCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'runs', { about: 'help.runs', example: 'guiji runs hukou --limit 5' })
    .argument('[dataset]', shell.say('argument.dataset'))
    .addOption(new Option('--limit <n>', shell.say('option.limit', { count: defaultLimit })))
  return onCall<RunsOptions>(command, done, (options, [code]) =>
    runs(shell, options, typeof code === 'string' ? code : undefined),
  )
}

async function runs(shell: Shell, options: RunsOptions, code: string | undefined): Promise<ExitCode> {
  const limit = countOption('--limit', options.limit ?? defaultLimit)
  await using session = await openSession(shell, options)
  const dataset = code === undefined ? undefined : await listedDataset(session.pool, code)
  const found = await readRuns(session.pool, {
    limit,
    ...(dataset === undefined ? {} : { datasetId: dataset.id }),
  })
  const zone = session.settings.timeZone
  if (options.json === true) shell.out.json({ runs: found.map((run) => runJson(run, shell, zone)) })
  else if (found.length === 0) shell.out.line(shell.say('run.none'))
  else shell.out.lines(runTable(shell, found, zone))
  return 0
}

function runJson(run: RecordedRun, { language }: Shell, zone: string): object {
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  const counts = Object.fromEntries(accountNames.map((name) => [name, run[name]]))
  return {
    run: run.run,
    dataset: run.dataset,
    state: run.state,
    mode: run.mode,
    lane: run.lane,
    slotAt: instant(run.slotAt),
    startedAt: instant(run.startedAt),
    finishedAt: instant(run.finishedAt),
    ...counts,
    heldBefore: run.heldBefore,
    heldAfter: run.heldAfter,
    unchangedBy: run.unchangedBy,
    cause: run.cause,
    error: run.error === null ? null : errorWords(run.error, language),
    hold: run.hold,
  }
}

function runTable({ say, language }: Shell, found: readonly RecordedRun[], zone: string): string[] {
  const counts = ['read', 'inserted', 'updated', 'deleted', 'restored', 'rejected'] as const
  return formatTable(
    [
      { title: say('run.run'), align: 'right' },
      { title: say('run.dataset') },
      { title: say('run.state') },
      { title: say('run.mode') },
      { title: say('run.started') },
      { title: say('run.seconds'), align: 'right' },
      ...counts.map((name) => ({ title: say(`run.${name}`), align: 'right' as const })),
      { title: say('run.held'), align: 'right' },
      { title: say('run.cause') },
    ],
    found.map((run) => [
      String(run.run),
      run.dataset,
      stateWord(run.state, say),
      run.mode,
      shortInstant(run.startedAt, zone),
      secondsText(runSeconds(run)),
      ...counts.map((name) => countText(run[name])),
      run.heldAfter === null ? '' : countText(run.heldAfter),
      causeText(run.cause, language),
    ]),
  )
}
