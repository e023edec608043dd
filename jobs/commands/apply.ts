import { Option } from 'commander'
import { connectors } from '../../connectors/index.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { seedCalendar } from '../../src/freshness/seed-calendar.ts'
import { appliedWorkspace, applyWorkspace } from '../../src/workspace/apply-workspace.ts'
import { type Change, diffWorkspaces } from '../../src/workspace/diff-workspace.ts'
import { formatChange } from '../../src/workspace/format-change.ts'
import { loadWorkspace } from '../../src/workspace/load-workspace.ts'
import { formatProblem, type Problem } from '../../src/workspace/problem.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { findWorkspace } from '../workspace-folder.ts'

interface ApplyOptions extends GlobalOptions {
  readonly dryRun?: boolean
  readonly allowLoss?: boolean
}

/** Places still to be filled in that are listed before the rest is only counted. */
const unfinishedShown = 20

export const applyCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'apply', { about: 'help.apply', example: 'guiji apply --dry-run' })
    .addOption(new Option('--dry-run', shell.say('option.dry-run')))
    .addOption(new Option('--allow-loss', shell.say('option.allow-loss')))
  return onCall<ApplyOptions>(command, done, (options) => apply(shell, options))
}

async function apply(shell: Shell, options: ApplyOptions): Promise<ExitCode> {
  const directory = await findWorkspace(options.workspace, process.cwd())
  const loaded = await loadWorkspace(directory, connectors)
  if (loaded.problems !== undefined) return showProblems(shell, options, directory, loaded.problems)
  const { workspace, unfinished } = loaded
  await using session = await openSession(shell, { ...options, workspace: directory })
  if (options.dryRun === true) {
    const changes = diffWorkspaces(await appliedWorkspace(session.pool), workspace)
    return report(shell, options, { changes, unfinished })
  }
  await seedCalendar(session.db)
  const { version, changes } = await applyWorkspace(session.pool, workspace, {
    allowLoss: options.allowLoss === true,
    by: shell.user,
    now: new Date(shell.clock()),
  })
  return report(shell, options, { changes, unfinished, ...(version === undefined ? {} : { version }) })
}

interface Report {
  readonly changes: readonly Change[]
  readonly unfinished: readonly Problem[]
  readonly version?: bigint
}

function report(shell: Shell, options: ApplyOptions, { changes, unfinished, version }: Report): ExitCode {
  const { out, say, language } = shell
  if (options.json === true) {
    out.json({
      dryRun: options.dryRun === true,
      ...(version === undefined ? {} : { version }),
      changes,
      unfinished: unfinished.map((one) => problemJson(one, shell)),
    })
    return 0
  }
  out.lines(changes.flatMap((change) => formatChange(change, language)))
  if (changes.length === 0) out.line(say('apply.nothing'))
  else out.line(say('apply.plan', countActions(changes)))
  if (options.dryRun === true && changes.length > 0) out.line(say('apply.dry'))
  if (version !== undefined) out.line(say('apply.done', { version }))
  if (unfinished.length > 0) {
    out.line(say('apply.unfinished', { count: unfinished.length }))
    out.lines(unfinished.slice(0, unfinishedShown).map((one) => `  ${formatProblem(one, language)}`))
    const more = unfinished.length - unfinishedShown
    if (more > 0) out.line(`  ${say('apply.more', { count: more })}`)
  }
  return 0
}

function countActions(changes: readonly Change[]): Record<Change['action'], number> {
  const counts = { added: 0, changed: 0, removed: 0 }
  for (const { action } of changes) counts[action] += 1
  return counts
}

function showProblems(
  shell: Shell,
  options: ApplyOptions,
  directory: string,
  problems: readonly Problem[],
): ExitCode {
  if (options.json === true) {
    shell.out.json({ problems: problems.map((one) => problemJson(one, shell)) })
    return 2
  }
  shell.err.lines(problems.map((one) => formatProblem(one, shell.language)))
  throw new GuijiError('DOCUMENT_INVALID', { count: problems.length, path: directory })
}

function problemJson(problem: Problem, { language }: Shell): object {
  const { file, line, column, code, found, expected, nearest } = problem
  return { file, line, column, code, message: problem.message(language), found, expected, nearest }
}
