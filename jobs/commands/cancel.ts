import { setTimeout as sleep } from 'node:timers/promises'
import { judge } from '../../src/freshness/judge.ts'
import { cancelRun } from '../../src/harvest/lifecycle/cancel.ts'
import { readSummary } from '../../src/harvest/run-summary.ts'
import { type CommandMaker, idWord, newCommand, onCall, word } from '../command.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText } from '../terminal/format.ts'

export const cancelCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'cancel', { about: 'help.cancel', example: 'guiji cancel 42' })
  command.argument('<run>', shell.say('argument.run'))
  return onCall(command, done, (options, words) => cancel(shell, options, word(words, 0)))
}

async function cancel(shell: Shell, options: GlobalOptions, text: string): Promise<ExitCode> {
  const runId = idWord('<run>', text)
  await using session = await openSession(shell, options)
  await cancelRun(session.pool, runId, {
    by: shell.user,
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: shell.signal }),
  })
  const summary = await readSummary(session.pool, runId)
  await judge(session.db, { now: new Date(shell.clock()) })
  if (options.json === true) shell.out.json(summary)
  else {
    const { run, dataset, heldAfter } = summary
    shell.out.line(shell.say('cancel.done', { run, dataset, held: countText(heldAfter) }))
  }
  return 0
}
