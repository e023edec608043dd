import type { CommandMaker } from '../command.ts'
import { newCommand } from '../command.ts'
import { sourceDiscoverCommand } from './source-discover.ts'
import { sourceTestCommand } from './source-test.ts'

export const sourceCommand: CommandMaker = (shell, done) =>
  newCommand(shell, 'source', { about: 'help.source' })
    .addCommand(sourceTestCommand(shell, done))
    .addCommand(sourceDiscoverCommand(shell, done))
