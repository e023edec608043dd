import { Option } from 'commander'
import type pg from 'pg'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { accountNames } from '../../src/harvest/accounts.ts'
import { reapLostRuns } from '../../src/harvest/lifecycle/reap.ts'
import { listedDataset } from '../../src/store/read-datasets.ts'
import { type RecordedRun, readRuns, readRunsById } from '../../src/store/read-runs.ts'
import { causeText } from '../cause-text.ts'
import { type CommandMaker, countOption, idWord, newCommand, onCall } from '../command.ts'
import { runSeconds } from '../harvest-report.ts'
import { storyOf } from '../run-story.ts'
import { errorWords, stateWord } from '../run-words.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, secondsText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface RunsOptions extends GlobalOptions {
  readonly limit?: string
  readonly reap?: boolean
}

const defaultLimit = '20'

export const runsCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'runs', { about: 'help.runs', example: 'guiji runs hukou --limit 5' })
    .argument('[dataset]', shell.say('argument.runs'))
    .addOption(new Option('--reap', shell.say('option.reap')))
    .addOption(new Option('--limit <n>', shell.say('option.limit', { count: defaultLimit })))
  return onCall<RunsOptions>(command, done, (options, [code]) =>
    runs(shell, options, typeof code === 'string' ? code : undefined),
  )
}

async function runs(shell: Shell, options: RunsOptions, text: string | undefined): Promise<ExitCode> {
  const limit = countOption('--limit', options.limit ?? defaultLimit)
  await using session = await openSession(shell, options)
  const { pool, settings } = session
  const reaped = options.reap === true ? await reapLostRuns(pool) : []
  const found = await findRuns(pool, text, limit)
  const zone = settings.timeZone
  if (options.json === true) {
    const lost = reaped.map(({ runId, kept }) => ({ run: runId, kept }))
    shell.out.json({
      ...(options.reap === true ? { reaped: lost } : {}),
      runs: found.map((run) => runJson(run, shell, zone)),
    })
    return 0
  }
  for (const { runId, kept } of reaped)
    shell.out.line(shell.say('runs.reaped', { run: runId, kept: countText(kept) }))
  if (found.length === 0) shell.out.line(shell.say('run.none'))
  else shell.out.lines(runTable(shell, found, zone))
  if (isNumber(text)) for (const run of found) shell.out.lines(['', ...storyOf(shell, run, zone)])
  return 0
}

/** One run by its number, or the newest of a dataset, or of all. */
async function findRuns(pool: pg.Pool, text: string | undefined, limit: number): Promise<RecordedRun[]> {
  if (isNumber(text)) {
    const run = idWord('<run>', text)
    const found = await readRunsById(pool, [run])
    if (found.length === 0) throw new GuijiError('RUN_UNKNOWN', { run })
    return found
  }
  const dataset = text === undefined ? undefined : await listedDataset(pool, text)
  return await readRuns(pool, { limit, ...(dataset === undefined ? {} : { datasetId: dataset.id }) })
}

/** No code of a dataset begins with a digit. */
function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d/.test(text)
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
    worker: run.worker,
    resumed: run.resumed,
    restarted: run.restarted,
    attempts: run.attempts,
    resumable: run.resumable,
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
