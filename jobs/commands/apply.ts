import { Option } from 'commander'
import type { Replanned } from '../../src/freshness/replan-commitments.ts'
import { seedCalendar } from '../../src/freshness/seed-calendar.ts'
import { appliedWorkspace, applyWorkspace } from '../../src/workspace/apply-workspace.ts'
import { type Change, diffWorkspaces } from '../../src/workspace/diff-workspace.ts'
import { formatChange } from '../../src/workspace/format-change.ts'
import type { Problem } from '../../src/workspace/problem.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { problemJson, unfinishedLines } from '../problem-words.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { validWorkspace } from '../valid-workspace.ts'

interface ApplyOptions extends GlobalOptions {
  readonly dryRun?: boolean
  readonly allowLoss?: boolean
}

export const applyCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'apply', { about: 'help.apply', example: 'guiji apply --dry-run' })
    .addOption(new Option('--dry-run', shell.say('option.dry-run')))
    .addOption(new Option('--allow-loss', shell.say('option.allow-loss')))
  return onCall<ApplyOptions>(command, done, (options) => apply(shell, options))
}

async function apply(shell: Shell, options: ApplyOptions): Promise<ExitCode> {
  const { workspace, unfinished } = await validWorkspace(options)
  await using session = await openSession(shell, { ...options, workspace: workspace.directory })
  if (options.dryRun === true) {
    const changes = diffWorkspaces(await appliedWorkspace(session.pool), workspace)
    report(shell, options, { changes, unfinished })
    return 0
  }
  await seedCalendar(session.db)
  const { version, changes, replanned } = await applyWorkspace(session.pool, workspace, {
    allowLoss: options.allowLoss === true,
    by: shell.user,
    now: new Date(shell.clock()),
  })
  const done = { ...(version !== undefined && { version }), ...(replanned && { replanned }) }
  report(shell, options, { changes, unfinished, ...done })
  return 0
}

interface Report {
  readonly changes: readonly Change[]
  readonly unfinished: readonly Problem[]
  readonly version?: bigint
  readonly replanned?: Replanned
}

function report(shell: Shell, options: ApplyOptions, told: Report): void {
  const { changes, unfinished, version, replanned } = told
  const { out, say, language } = shell
  if (options.json === true) {
    out.json({
      dryRun: options.dryRun === true,
      ...(version === undefined ? {} : { version }),
      ...(replanned === undefined ? {} : { replanned }),
      changes,
      unfinished: unfinished.map((one) => problemJson(one, language)),
    })
    return
  }
  out.lines(changes.flatMap((change) => formatChange(change, language)))
  if (changes.length === 0) out.line(say('apply.nothing'))
  else out.line(say('apply.plan', countActions(changes)))
  if (options.dryRun === true && changes.length > 0) out.line(say('apply.dry'))
  if (version !== undefined) out.line(say('apply.done', { version }))
  if (replanned !== undefined && replanned.voided > 0) out.line(say('apply.replanned', { ...replanned }))
  out.lines(unfinishedLines(unfinished, shell))
}

function countActions(changes: readonly Change[]): Record<Change['action'], number> {
  const counts = { added: 0, changed: 0, removed: 0 }
  for (const { action } of changes) counts[action] += 1
  return counts
}
