import { Option } from 'commander'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { judge } from '../../src/freshness/judge.ts'
import { type HarvestJob, type HarvestOutcome, harvestMany } from '../../src/harvest/harvest-many.ts'
import { reapLostRuns } from '../../src/harvest/lifecycle/reap.ts'
import type { RunEvent } from '../../src/harvest/run-events.ts'
import { findTargets } from '../../src/harvest/target.ts'
import { dueHarvests } from '../../src/schedule/due-slots.ts'
import { listedDatasets } from '../../src/store/read-datasets.ts'
import { readRunsById } from '../../src/store/read-runs.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { type CommandMaker, newCommand, onCall, wordList } from '../command.ts'
import { closingLines, harvestExitCode, showOutcomes } from '../harvest-report.ts'
import { openEngine } from '../open-engine.ts'
import { openLineage } from '../open-lineage.ts'
import { openSession, type Session } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { drawProgress, type Progress, silent } from '../terminal/progress.ts'

interface HarvestOptions extends GlobalOptions {
  readonly all?: boolean
  readonly due?: boolean
  readonly full?: boolean
  readonly profile?: boolean
  readonly department?: string
}

/** Most slots that one call takes; the next call takes the rest. */
const dueLimit = 1000

export const harvestCommand: CommandMaker = (shell, done) => {
  const { say } = shell
  const command = newCommand(shell, 'harvest', { about: 'help.harvest', example: 'guiji harvest --all' })
    .argument('[datasets...]', say('argument.datasets'))
    .addOption(new Option('--all', say('option.all')))
    .addOption(new Option('--due', say('option.due')))
    .addOption(new Option('--full', say('option.full')))
    .addOption(new Option('--profile', say('option.profile')))
    .addOption(new Option('--department <code>', say('option.department')))
  return onCall<HarvestOptions>(command, done, (options, words) =>
    harvest(shell, options, wordList(words, 0)),
  )
}

async function harvest(
  shell: Shell,
  options: HarvestOptions,
  codes: readonly string[] | undefined,
): Promise<ExitCode> {
  requireChoice(shell, options, codes)
  await using session = await openSession(shell, options)
  const jobs =
    options.due === true ? await dueJobs(shell, session) : await chosenJobs(session, options, codes)
  const begun = shell.clock()
  const outcomes = await runJobs(shell, session, options, jobs)
  if (options.json === true) for (const line of closingLines(outcomes, shell)) shell.out.json(line)
  else {
    const ids = outcomes.flatMap(({ summary }) => (summary === undefined ? [] : [BigInt(summary.run)]))
    const runs = ids.length === 0 ? [] : await readRunsById(session.pool, ids)
    const nothing = options.due === true ? 'harvest.nothing-due' : 'harvest.nothing'
    if (jobs.length === 0) shell.out.line(shell.say(nothing))
    else {
      const seconds = (shell.clock() - begun) / 1000
      showOutcomes(shell, { outcomes, runs, seconds, profile: options.profile === true })
    }
  }
  return shell.signal.aborted ? 1 : harvestExitCode(outcomes)
}

/** Without a choice nothing runs: `guiji harvest` alone must not set off a whole city. */
function requireChoice({ say }: Shell, options: HarvestOptions, codes: readonly string[] | undefined): void {
  const chosen = [codes !== undefined, options.all === true, options.due === true].filter(Boolean).length
  if (chosen === 0 && options.department === undefined)
    throw new GuijiError('COMMAND_ARGUMENT_MISSING', {
      found: say('harvest.which'),
      command: 'guiji harvest',
    })
  if (chosen > 1 || (options.due === true && options.department !== undefined))
    throw new GuijiError('COMMAND_CHOICE', { found: say('harvest.which') })
}

async function chosenJobs(
  { pool }: Session,
  { department }: HarvestOptions,
  codes: readonly string[] | undefined,
): Promise<HarvestJob[]> {
  const choice = {
    ...(codes === undefined ? {} : { codes }),
    ...(department === undefined ? {} : { department }),
  }
  const datasets = await listedDatasets(pool, choice)
  const targets = await findTargets(pool, codes)
  for (const code of codes ?? []) {
    if (!targets.some(({ dataset }) => dataset.code === code))
      throw new GuijiError('HARVEST_MISSING', { dataset: code })
  }
  return targets
    .filter(({ datasetId }) => datasets.some(({ id }) => id === datasetId))
    .map((target) => ({ target }))
}

async function dueJobs(shell: Shell, { pool, db }: Session): Promise<HarvestJob[]> {
  await reapLostRuns(pool)
  const now = new Date(shell.clock())
  const slots = await db
    .transaction()
    .execute((transaction) => dueHarvests(transaction, { now, limit: dueLimit, horizonDays }))
  if (slots.length === 0) return []
  const targets = await findTargets(
    pool,
    slots.map(({ dataset }) => dataset),
  )
  return slots.flatMap((slot) => {
    const target = targets.find(({ harvestId }) => harvestId === slot.harvestId)
    return target === undefined ? [] : [{ target, slot }]
  })
}

async function runJobs(
  shell: Shell,
  session: Session,
  options: HarvestOptions,
  jobs: readonly HarvestJob[],
): Promise<HarvestOutcome[]> {
  using progress = progressOf(shell, options, jobs.length)
  await using lineage = await openLineage(shell, session)
  const emit = (event: RunEvent) => {
    progress.take(event)
    lineage.take(event)
    if (options.json === true) shell.out.json(event)
  }
  const { db, settings, directory } = session
  const { outbound } = settings
  const outcomes = await harvestMany(
    openEngine(session.store, { directory, outbound, secrets: shell.secrets, emit }),
    jobs,
    {
      db,
      concurrency: settings.concurrency,
      signal: shell.signal,
      ...(options.full === undefined ? {} : { full: options.full }),
    },
  )
  const judging = { now: new Date(shell.clock()), datasetIds: jobs.map(({ target }) => target.datasetId) }
  // A store that broke under the runs may still be away: what they say of it counts, and the next command judges.
  await judge(db, judging).catch((error) => {
    if (outcomes.every((outcome) => outcome.error === undefined)) throw error
  })
  return outcomes
}

function progressOf({ err, say, clock }: Shell, { json }: HarvestOptions, total: number): Progress {
  return err.isTerminal && json !== true ? drawProgress(err, say, { total, clock }) : silent
}
