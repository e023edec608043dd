import { Command, CommanderError } from 'commander'
import packageDocument from '../package.json' with { type: 'json' }
import { GuijiError } from '../src/errors/guiji-error.ts'
import { nearestWord } from '../src/workspace/nearest-word.ts'
import { addGlobalOptions, type CommandMaker } from './command.ts'
import { alertsCommand } from './commands/alerts.ts'
import { applyCommand } from './commands/apply.ts'
import { cancelCommand } from './commands/cancel.ts'
import { approveCommand, refuseCommand } from './commands/decide.ts'
import { exportCommand } from './commands/export.ts'
import { harvestCommand } from './commands/harvest.ts'
import { initCommand } from './commands/init.ts'
import { ledgerCommand } from './commands/ledger.ts'
import { maintainCommand } from './commands/maintain.ts'
import { planCommand } from './commands/plan.ts'
import { previewCommand } from './commands/preview.ts'
import { queryCommand } from './commands/query.ts'
import { rejectsCommand } from './commands/rejects.ts'
import { reportCommand } from './commands/report.ts'
import { runsCommand } from './commands/runs.ts'
import { scheduleCommand } from './commands/schedule.ts'
import { serveCommand, workerCommand } from './commands/serve.ts'
import { sourceCommand } from './commands/source.ts'
import { statusCommand } from './commands/status.ts'
import { storeCommand } from './commands/store.ts'
import { verifyCommand } from './commands/verify.ts'
import { waiveCommand } from './commands/waive.ts'
import { workersCommand } from './commands/workers.ts'
import type { ExitCode, Shell } from './shell.ts'
import { suggestionWords } from './suggestion.ts'

const makers: readonly CommandMaker[] = [
  initCommand,
  applyCommand,
  sourceCommand,
  previewCommand,
  planCommand,
  harvestCommand,
  serveCommand,
  workerCommand,
  workersCommand,
  scheduleCommand,
  statusCommand,
  reportCommand,
  alertsCommand,
  runsCommand,
  ledgerCommand,
  rejectsCommand,
  verifyCommand,
  maintainCommand,
  approveCommand,
  refuseCommand,
  cancelCommand,
  waiveCommand,
  exportCommand,
  storeCommand,
  queryCommand,
]

/**
 * Runs one command line.
 *
 * @returns the exit code of the command
 * @throws GuijiError for a line that cannot be understood, and whatever the command throws
 */
export async function runProgram(shell: Shell, words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = newProgram(shell, (given) => {
    code = given
  })
  if (words.length === 0) {
    shell.out.line(program.helpInformation())
    return 0
  }
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    throw usageError(shell, program, error)
  }
  return code
}

function newProgram(shell: Shell, done: (code: ExitCode) => void): Command {
  const { say } = shell
  const program = new Command('guiji').description(say('help.program'))
  program.version(packageDocument.version, '--version', say('help.version'))
  addGlobalOptions(shell, program)
  for (const make of makers) program.addCommand(make(shell, done))
  settle(shell, program)
  return program
}

const titles = {
  'Usage:': 'help.usage',
  'Options:': 'help.options',
  'Commands:': 'help.commands',
  'Arguments:': 'help.arguments',
} as const

/** Titles in the language, errors as exceptions, nothing written but through the shell; for all commands. */
function settle(shell: Shell, command: Command): void {
  command
    .exitOverride()
    .configureHelp({ styleTitle: (title) => translateTitle(shell, title) })
    .configureOutput({
      writeOut: (text) => void shell.out.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(shell.out.width, 110),
    })
  if (command.commands.length > 0) command.helpCommand('help [command]', shell.say('help.help-command'))
  for (const child of command.commands) settle(shell, child)
}

function translateTitle({ say }: Shell, title: string): string {
  return Object.hasOwn(titles, title) ? say(titles[title as keyof typeof titles]) : title
}

/** Commander's complaint as an error of guiji: what was found, and where to look. */
function usageError(shell: Shell, program: Command, error: CommanderError): GuijiError {
  const found = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const command = 'guiji'
  switch (error.code) {
    case 'commander.unknownCommand':
      return new GuijiError('COMMAND_UNKNOWN', { found, suggestion: nearestCommand(shell, program, found) })
    case 'commander.unknownOption':
      return new GuijiError('COMMAND_OPTION_UNKNOWN', { found, command })
    case 'commander.excessArguments':
      return new GuijiError('COMMAND_ARGUMENT_EXCESS', {
        found: /: ([^:]*)\.$/.exec(error.message)?.[1] ?? '',
        command,
      })
    case 'commander.help':
      return new GuijiError('COMMAND_ARGUMENT_MISSING', { found: 'command', command })
    default:
      return new GuijiError('COMMAND_ARGUMENT_MISSING', { found, command })
  }
}

function nearestCommand({ language }: Shell, program: Command, found: string): string {
  const names = program.commands.map((command) => command.name())
  return suggestionWords(nearestWord(found, names), language)
}
