import path from 'node:path'
import { Option } from 'commander'
import { readSheet } from '../../connectors/excel/read-sheet.ts'
import { type InitDone, initWorkspace } from '../../src/init/init-workspace.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { InvalidDocuments } from '../invalid-documents.ts'
import { problemJson, unfinishedLines } from '../problem-words.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'

interface InitOptions extends GlobalOptions {
  readonly from?: string
}

export const initCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'init', {
    about: 'help.init',
    example: 'guiji init city --from list.xlsx',
  })
    .argument('[dir]', shell.say('argument.dir'))
    .addOption(new Option('--from <file>', shell.say('option.from')))
  return onCall<InitOptions>(command, done, (options, [given]) =>
    init(shell, options, typeof given === 'string' ? given : (options.workspace ?? '.')),
  )
}

async function init(shell: Shell, options: InitOptions, folder: string): Promise<ExitCode> {
  const { language } = shell
  const directory = path.resolve(folder)
  const result = await initWorkspace({
    directory,
    language,
    readSheet: (file) => readSheet(file, shell.signal),
    ...(options.from === undefined ? {} : { from: options.from }),
  })
  if (result.problems === undefined) {
    showDone(shell, options, directory, result)
    return 0
  }
  throw new InvalidDocuments(result.problems, options.from ?? directory)
}

function showDone(shell: Shell, { json }: InitOptions, directory: string, done: InitDone): void {
  const { out, say, language } = shell
  const { written, departments, datasets, unfinished, ignoredColumns } = done
  if (json === true) {
    const places = unfinished.map((problem) => problemJson(problem, language))
    out.json({ directory, written, departments, datasets, ignoredColumns, unfinished: places })
    return
  }
  out.lines(written.map((file) => `+ ${file}`))
  out.line(say('init.done', { directory, files: written.length, departments, datasets }))
  if (ignoredColumns.length > 0) out.line(say('init.ignored', { columns: ignoredColumns.join(', ') }))
  out.lines(unfinishedLines(unfinished, shell))
  out.line(say('init.next'))
}
