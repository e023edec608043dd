import { Option } from 'commander'
import { minuteTicker } from '../../src/schedule/ticker.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { defaultGrace, runUntilStopped, type StayOptions } from '../run-until-stopped.ts'
import type { Shell } from '../shell.ts'

export const serveCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'serve', { about: 'help.serve', example: 'guiji serve --concurrency 4' })
  return onCall<StayOptions>(addStayOptions(shell, command), done, (options) =>
    runUntilStopped(shell, options, { ticker: minuteTicker }),
  )
}

export const workerCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'worker', {
    about: 'help.worker',
    example: 'guiji worker --store env:GUIJI_STORE',
  })
  return onCall<StayOptions>(addStayOptions(shell, command), done, (options) =>
    runUntilStopped(shell, options, {}),
  )
}

function addStayOptions({ say }: Shell, command: ReturnType<typeof newCommand>) {
  return command
    .addOption(new Option('--concurrency <n>', say('option.concurrency')))
    .addOption(new Option('--grace <seconds>', say('option.grace', { count: defaultGrace })))
    .addOption(new Option('--listen <address>', say('option.listen')))
    .addOption(new Option('--log-level <level>', say('option.log-level')))
}
