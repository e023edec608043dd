import { GuijiError } from '../src/errors/guiji-error.ts'
import { type Accounts, accountNames } from '../src/harvest/accounts.ts'
import type { HarvestOutcome } from '../src/harvest/harvest-many.ts'
import type { RunSummary } from '../src/harvest/run-events.ts'
import { stages } from '../src/harvest/stage-times.ts'
import type { RecordedRun } from '../src/store/read-runs.ts'
import { causeText } from './cause-text.ts'
import { contactWords, errorWords, stateWord } from './run-words.ts'
import type { ExitCode, Shell } from './shell.ts'
import { countText, secondsText } from './terminal/format.ts'
import { formatTable } from './terminal/table.ts'

/**
 * The last lines of `guiji harvest --json`: what could not begin, then the summary. Its shape is a promise to
 * programs: exactly these properties; `resumed` and `restarted` only of a run that was, or that began in the place of one
 * that was lost.
 */
export function closingLines(outcomes: readonly HarvestOutcome[], shell: Shell): object[] {
  return [
    ...outcomes.flatMap((outcome) => (outcome.error === undefined ? [] : [notRunLine(outcome, shell)])),
    { event: 'summary', runs: summariesOf(outcomes).map(summaryJson) },
  ]
}

function notRunLine({ target, error: met }: HarvestOutcome, shell: Shell): object {
  const { language, secrets } = shell
  const error = shell.storeTrouble.of(met)
  const known = error instanceof GuijiError ? error : undefined
  const fact = secrets.redact(known?.fact(language) ?? String(error))
  const told = { code: known?.code ?? 'UNEXPECTED', fact, hint: known?.hint(language) ?? '' }
  return { event: 'not-run', dataset: target.dataset.code, error: told }
}

function summaryJson(summary: RunSummary): object {
  const { dataset, run, state, lane, mode, heldBefore, heldAfter, seconds, cause } = summary
  const { resumed, restarted } = summary
  const counts = Object.fromEntries(accountNames.map((name) => [name, summary[name]]))
  return {
    dataset,
    run,
    state,
    lane,
    mode,
    ...counts,
    heldBefore,
    heldAfter,
    seconds,
    cause,
    ...(resumed && { resumed }),
    ...(restarted && { restarted }),
  }
}

/** 1 where any run failed or could not begin, 3 where one is partial or waits for approval. */
export function harvestExitCode(outcomes: readonly HarvestOutcome[]): ExitCode {
  const states = outcomes.map(({ summary }) => summary?.state ?? 'failed')
  if (states.some((state) => ['failed', 'cancelled', 'lost', 'refused'].includes(state))) return 1
  return states.some((state) => state !== 'succeeded') ? 3 : 0
}

interface Report {
  readonly outcomes: readonly HarvestOutcome[]
  readonly runs: readonly RecordedRun[]
  readonly seconds: number
  /** Show where the time of each run went. */
  readonly profile?: boolean
}

/** What people see after a harvest: the runs that changed something, the failures with what to do, the totals. */
export function showOutcomes(shell: Shell, { outcomes, runs, seconds, profile }: Report): void {
  const { out, say } = shell
  const quiet = runs.filter((run) => run.state === 'succeeded' && changes(run) === 0n)
  const shown = runs.filter((run) => !quiet.includes(run))
  if (shown.length > 0) out.lines(runTable(shell, shown))
  if (quiet.length > 0) out.line(say('harvest.unchanged-runs', { count: quiet.length }))
  for (const run of runs) showTrouble(shell, run)
  for (const outcome of outcomes) showNotRun(shell, outcome)
  if (profile === true) out.lines(['', ...profileTable(shell, runs)])
  showTotals(shell, runs, seconds)
}

function changes(run: Accounts): bigint {
  return run.inserted + run.updated + run.deleted + run.restored + run.rejected
}

function runTable({ say, language }: Shell, runs: readonly RecordedRun[]): string[] {
  const counts = [
    'read',
    'inserted',
    'updated',
    'unchanged',
    'deleted',
    'restored',
    'rejected',
    'duplicate',
  ] as const
  return formatTable(
    [
      { title: say('run.dataset') },
      { title: say('run.run'), align: 'right' },
      { title: say('run.state') },
      ...counts.map((name) => ({ title: say(`run.${name}`), align: 'right' as const })),
      { title: say('run.held'), align: 'right' },
      { title: say('run.seconds'), align: 'right' },
      { title: say('run.cause') },
    ],
    runs.map((run) => [
      run.dataset,
      String(run.run),
      stateWord(run.state, say),
      ...counts.map((name) => countText(run[name])),
      countText(run.heldAfter ?? 0n),
      secondsText(runSeconds(run)),
      causeText(run.cause, language),
    ]),
  )
}

/** Stages overlap, so that they may add up to more than the run took. */
function profileTable({ say }: Shell, runs: readonly RecordedRun[]): string[] {
  const profiled = runs.filter((run) => run.profile !== null)
  const used = stages.filter((stage) => profiled.some((run) => run.profile?.[stage] !== undefined))
  return formatTable(
    [
      { title: say('run.dataset') },
      { title: say('run.seconds'), align: 'right' },
      ...used.map((stage) => ({ title: stage, align: 'right' as const })),
    ],
    profiled.map((run) => [
      run.dataset,
      runSeconds(run).toFixed(3),
      ...used.map((stage) => run.profile?.[stage]?.toFixed(3) ?? ''),
    ]),
  )
}

export function runSeconds({ startedAt, finishedAt }: Pick<RecordedRun, 'startedAt' | 'finishedAt'>): number {
  return finishedAt === null ? 0 : (finishedAt.getTime() - startedAt.getTime()) / 1000
}

/** Why a run did not succeed, what to do, and whom to call. */
function showTrouble({ out, say, language }: Shell, run: RecordedRun): void {
  if (run.state === 'succeeded') return
  out.line('')
  out.line(
    `${run.dataset} ${run.name}: ${stateWord(run.state, say)} ${causeText(run.cause, language)}`.trimEnd(),
  )
  if (run.error !== null) {
    const { code, fact, hint } = errorWords(run.error, language)
    out.line(`  ${code === undefined ? '' : `${code}: `}${fact}`)
    if (hint !== '') out.line(`  ${say('harvest.hint', { hint })}`)
  }
  if (run.state === 'awaiting-approval' && run.hold !== null) {
    const { vanished, held } = run.hold
    out.line(
      `  ${say('harvest.waiting', { run: run.run, vanished: countText(vanished), held: countText(held) })}`,
    )
  }
  const contact = contactWords(run.contact)
  if (contact !== '') out.line(`  ${say('harvest.contact', { contact })}`)
}

function showNotRun(shell: Shell, { target, error: met }: HarvestOutcome): void {
  if (met === undefined) return
  const { out, say, language, secrets } = shell
  const error = shell.storeTrouble.of(met)
  out.line('')
  out.line(`${target.dataset.code} ${target.dataset.name}: ${say('harvest.not-run')}`)
  if (!(error instanceof GuijiError)) {
    out.line(`  ${secrets.redact(error instanceof Error ? error.message : String(error))}`)
    return
  }
  out.line(`  ${error.code}: ${error.fact(language)}`)
  out.line(`  ${say('harvest.hint', { hint: error.hint(language) })}`)
}

function showTotals({ out, say }: Shell, runs: readonly RecordedRun[], seconds: number): void {
  const sum = (name: keyof Accounts) => countText(runs.reduce((total, run) => total + run[name], 0n))
  const counts = Object.fromEntries(accountNames.map((name) => [name, sum(name)]))
  const count = (state: string) => runs.filter((run) => run.state === state).length
  out.line('')
  out.line(say('harvest.totals', { runs: runs.length, time: secondsText(seconds), ...counts }))
  const bad = {
    failed: count('failed'),
    partial: count('partial'),
    waiting: count('awaiting-approval'),
    cancelled: count('cancelled'),
  }
  if (runs.some(({ state }) => state !== 'succeeded')) out.line(say('harvest.bad', bad))
  const rejected = runs.find((run) => run.rejected > 0n)
  if (rejected !== undefined) out.line(say('harvest.rejects-hint', { dataset: rejected.dataset }))
}

function summariesOf(outcomes: readonly HarvestOutcome[]): RunSummary[] {
  return outcomes.flatMap(({ summary }) => (summary === undefined ? [] : [summary]))
}
