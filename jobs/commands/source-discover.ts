import { Option } from 'commander'
import type { Discovered } from '../../src/connector.ts'
import { chosenSource } from '../chosen-source.ts'
import { type CommandMaker, newCommand, onCall, word } from '../command.ts'
import { skeletonOf } from '../dataset-skeleton.ts'
import { openSource } from '../open-source.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'
import { printable } from '../terminal/width.ts'
import { validWorkspace } from '../valid-workspace.ts'

interface DiscoverOptions extends GlobalOptions {
  readonly yaml?: boolean
}

export const sourceDiscoverCommand: CommandMaker = (shell, done) => {
  const texts = { about: 'help.source-discover', example: 'guiji source discover gongan_db --yaml' } as const
  const command = newCommand(shell, 'discover', texts)
    .argument('<code>', shell.say('argument.source'))
    .addOption(new Option('--yaml', shell.say('option.yaml')))
  return onCall<DiscoverOptions>(command, done, (options, words) => discover(shell, options, word(words, 0)))
}

async function discover(shell: Shell, options: DiscoverOptions, code: string): Promise<ExitCode> {
  const { workspace } = await validWorkspace(options)
  const { signal, out, say, secrets } = shell
  const source = chosenSource(workspace, code, shell.language)
  await using session = await openSource(source, {
    directory: workspace.directory,
    outbound: workspace.settings.outbound,
    secrets,
    signal,
  })
  const found: Discovered[] = []
  for await (const one of session.discover()) {
    signal.throwIfAborted()
    found.push(one)
    if (options.json === true) continue
    if (options.yaml === true) out.line(skeletonOf(one, source.code))
    else showFound(shell, one)
  }
  if (options.json === true) out.json({ source: code, found })
  else if (found.length === 0) out.line(say('source.nothing'))
  return 0
}

function showFound({ out, say }: Shell, { name, title, rows, fields }: Discovered): void {
  const count = rows === undefined ? '' : `  ${say('source.rows', { count: countText(rows) })}`
  out.line(`${printable(name)}${title === undefined ? '' : ` ${printable(title)}`}${count}`)
  const lines = formatTable(
    [
      { title: say('source.field') },
      { title: say('source.field-title') },
      { title: say('source.source-type') },
      { title: say('source.type') },
      { title: say('source.key') },
      { title: say('source.nullable') },
    ],
    fields.map((field) => [
      field.name,
      field.title ?? '',
      field.sourceType,
      field.type,
      field.key ? '✓' : '',
      field.nullable ? '✓' : '',
    ]),
  )
  out.lines(lines.map((line) => `  ${line}`))
  out.line('')
}
