import { Option } from 'commander'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { judge } from '../../src/freshness/judge.ts'
import { type HarvestOutcome, harvestMany } from '../../src/harvest/harvest-many.ts'
import { reapLostRuns } from '../../src/harvest/lifecycle/reap.ts'
import type { HarvestEngine } from '../../src/harvest/run.ts'
import type { RunEvent } from '../../src/harvest/run-events.ts'
import { findTargets, type HarvestTarget } from '../../src/harvest/target.ts'
import { startWorker, type Worker } from '../../src/schedule/workers.ts'
import { listedDatasets } from '../../src/store/read-datasets.ts'
import { readRunsById } from '../../src/store/read-runs.ts'
import { type CommandMaker, newCommand, onCall, wordList } from '../command.ts'
import { harvestDue, planDue } from '../harvest-due.ts'
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
  const targets = options.due === true ? [] : await chosenTargets(session, options, codes)
  const begun = shell.clock()
  const outcomes = await runHarvests(shell, session, options, targets)
  if (options.json === true) for (const line of closingLines(outcomes, shell)) shell.out.json(line)
  else {
    const ids = outcomes.flatMap(({ summary }) => (summary === undefined ? [] : [BigInt(summary.run)]))
    const runs = ids.length === 0 ? [] : await readRunsById(session.pool, ids)
    const nothing = options.due === true ? 'harvest.nothing-due' : 'harvest.nothing'
    if (outcomes.length === 0) shell.out.line(shell.say(nothing))
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

async function chosenTargets(
  { pool }: Session,
  { department }: HarvestOptions,
  codes: readonly string[] | undefined,
): Promise<HarvestTarget[]> {
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
  return targets.filter(({ datasetId }) => datasets.some(({ id }) => id === datasetId))
}

/** Runs the targets, or with `--due` what the slots ask for, as a worker on record: others see what is taken. */
async function runHarvests(
  shell: Shell,
  session: Session,
  options: HarvestOptions,
  targets: readonly HarvestTarget[],
): Promise<HarvestOutcome[]> {
  const { db, settings, directory } = session
  const { outbound } = settings
  if (options.due === true) await reapLostRuns(session.pool)
  const total = options.due === true ? await planDue(shell, db) : targets.length
  if (total === 0) return []
  using progress = progressOf(shell, options, total)
  await using lineage = await openLineage(shell, session)
  const emit = (event: RunEvent) => {
    progress.take(event)
    lineage.take(event)
    if (options.json === true) shell.out.json(event)
  }
  const engine = openEngine(session.store, { directory, outbound, secrets: shell.secrets, emit })
  const { concurrency } = settings
  await using worker = await startWorker(db, { name: engine.worker, kind: 'harvest', concurrency })
  const full = options.full === true
  if (options.due === true) return await harvestDue(shell, { engine, db, worker, concurrency, full })
  return await harvestChosen(shell, session, { engine, worker, targets, options })
}

async function harvestChosen(
  shell: Shell,
  { db, settings }: Session,
  chosen: {
    readonly engine: HarvestEngine
    readonly worker: Worker
    readonly targets: readonly HarvestTarget[]
    readonly options: HarvestOptions
  },
): Promise<HarvestOutcome[]> {
  const { engine, worker, targets, options } = chosen
  const outcomes = await harvestMany(engine, targets, {
    db,
    workerId: worker.id,
    concurrency: settings.concurrency,
    signal: shell.signal,
    onWait: ({ dataset, source }) => sayWaiting(shell, options, dataset.code, source.code),
    ...(options.full === undefined ? {} : { full: options.full }),
  })
  const judging = { now: new Date(shell.clock()), datasetIds: targets.map(({ datasetId }) => datasetId) }
  // A store that broke under the runs may still be away: what they say of it counts, and the next command judges.
  await judge(db, judging).catch((error) => {
    if (outcomes.every((outcome) => outcome.error === undefined)) throw error
  })
  return outcomes
}

/** The source is used to its limit by another process. */
function sayWaiting(
  { out, err, say }: Shell,
  { json }: HarvestOptions,
  dataset: string,
  source: string,
): void {
  if (json === true) out.json({ event: 'waiting', dataset, source })
  else if (err.isTerminal) err.line(say('harvest.source-busy', { dataset, source }))
}

function progressOf({ err, say, clock }: Shell, { json }: HarvestOptions, total: number): Progress {
  return err.isTerminal && json !== true ? drawProgress(err, say, { total, clock }) : silent
}
