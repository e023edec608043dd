import { Command, Option } from 'commander'
import { GuijiError } from '../src/errors/guiji-error.ts'
import type { MessageKey } from './messages.ts'
import type { ExitCode, GlobalOptions, Shell } from './shell.ts'

/** Makes one command; each file of `commands/` holds one. `done` takes the exit code of what was run. */
export type CommandMaker = (shell: Shell, done: (code: ExitCode) => void) => Command

/** A command with its description, its example and the options that all commands have. */
export function newCommand(
  shell: Shell,
  name: string,
  texts: { readonly about: MessageKey; readonly example?: string },
): Command {
  const command = new Command(name).description(shell.say(texts.about)).showHelpAfterError(false)
  addGlobalOptions(shell, command)
  if (texts.example !== undefined)
    command.addHelpText('after', `\n${shell.say('help.example')}\n  ${texts.example}`)
  return command
}

export function addGlobalOptions({ say }: Shell, command: Command): void {
  command
    .helpOption('-h, --help', say('help.help'))
    .addOption(new Option('--workspace <dir>', say('option.workspace')))
    .addOption(new Option('--store <url>', say('option.store')))
    .addOption(new Option('--json', say('option.json')))
    .addOption(new Option('--lang <zh|en>', say('option.lang')))
}

/** Runs `work` with the command's own options and the global ones, wherever on the line they stand. */
export function onCall<Options extends object>(
  command: Command,
  done: (code: ExitCode) => void,
  work: (
    options: Options & GlobalOptions,
    words: readonly (string | string[] | undefined)[],
  ) => Promise<ExitCode>,
): Command {
  return command.action(async () => {
    const words = command.processedArgs as (string | string[] | undefined)[]
    done(await work(command.optsWithGlobals<Options & GlobalOptions>(), words))
  })
}

/** One word of the command line that must be there; commander has seen to it. */
export function word(words: readonly (string | string[] | undefined)[], at: number): string {
  const value = words[at]
  return typeof value === 'string' ? value : ''
}

/** The words of a repeated argument; undefined where there are none. */
export function wordList(
  words: readonly (string | string[] | undefined)[],
  at: number,
): readonly string[] | undefined {
  const value = words[at]
  return Array.isArray(value) && value.length > 0 ? value : undefined
}

/** A whole number at least 1, such as `--limit 20`. */
export function countOption(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new GuijiError('COMMAND_VALUE', { option, found: text, expected: '1, 2, 3 …' })
}

/** A number given to a row or run: a bigint, as the store's. */
export function idWord(name: string, text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw new GuijiError('COMMAND_VALUE', { option: name, found: text, expected: '1, 2, 3 …' })
}
