import { once } from 'node:events'
import { Option } from 'commander'
import { type Reader, readers } from '../../src/access/roles.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { readerUrl } from '../reader-url.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'

interface UrlOptions extends GlobalOptions {
  readonly role?: string
}

export const storeCommand: CommandMaker = (shell, done) =>
  newCommand(shell, 'store', { about: 'help.store' })
    .addCommand(urlCommand(shell, done))
    .addCommand(upCommand(shell, done))

const urlCommand: CommandMaker = (shell, done) => {
  const texts = { about: 'help.store-url', example: 'psql "$(guiji store url)"' } as const
  const command = newCommand(shell, 'url', texts).addOption(
    new Option('--role <role>', shell.say('option.role')),
  )
  return onCall<UrlOptions>(command, done, (options) => url(shell, options))
}

const upCommand: CommandMaker = (shell, done) =>
  onCall(newCommand(shell, 'up', { about: 'help.store-up', example: 'guiji store up' }), done, (options) =>
    up(shell, options),
  )

async function url(shell: Shell, options: UrlOptions): Promise<ExitCode> {
  const role = roleOf(options.role ?? 'analyst')
  await using session = await openSession(shell, options)
  const { store } = session
  const address = role === 'owner' ? store.url : await readerUrl(store, role)
  if (options.json === true) shell.out.json({ role, url: address })
  else shell.out.line(address)
  return 0
}

function roleOf(text: string): Reader | 'owner' {
  if (text === 'owner' || Object.hasOwn(readers, text)) return text as Reader | 'owner'
  const expected = ['owner', ...Object.keys(readers)].join(', ')
  throw new GuijiError('COMMAND_VALUE', { option: '--role', found: text, expected })
}

/** Holds the store until the first signal, so that other programs can use an embedded one. */
async function up(shell: Shell, options: GlobalOptions): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const { store } = session
  const analyst = await readerUrl(store, 'analyst')
  const { out, err, say, signal } = shell
  if (options.json === true) out.json({ version: store.serverVersion, analyst })
  else {
    out.line(say('store.up', { version: store.serverVersion }))
    out.line(say('store.analyst'))
    out.line(`  psql "${analyst}"`)
    err.line(say('store.stop'))
  }
  // A signal alone keeps no process alive.
  const alive = setInterval(() => {}, 60_000)
  if (!signal.aborted) await once(signal, 'abort')
  clearInterval(alive)
  return 0
}
