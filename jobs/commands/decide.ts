import { judge } from '../../src/freshness/judge.ts'
import { approveRun, refuseRun } from '../../src/harvest/settle/decide.ts'
import { type CommandMaker, idWord, newCommand, onCall, word } from '../command.ts'
import { openEngine } from '../open-engine.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText } from '../terminal/format.ts'

type Verb = 'approve' | 'refuse'

export const approveCommand = decisionCommand('approve')
export const refuseCommand = decisionCommand('refuse')

function decisionCommand(verb: Verb): CommandMaker {
  return (shell, done) => {
    const example = `guiji ${verb} 42`
    const command = newCommand(shell, verb, { about: `help.${verb}`, example })
    command.argument('<run>', shell.say('argument.run'))
    return onCall(command, done, (options, words) => decide(shell, options, verb, word(words, 0)))
  }
}

async function decide(shell: Shell, options: GlobalOptions, verb: Verb, text: string): Promise<ExitCode> {
  const runId = idWord('<run>', text)
  await using session = await openSession(shell, options)
  const { store, directory, db, settings } = session
  const { outbound } = settings
  const engine = openEngine(store, { directory, outbound, secrets: shell.secrets, emit: () => {} })
  const summary = await (verb === 'approve' ? approveRun : refuseRun)(engine, runId, { by: shell.user })
  const { dataset, run, deleted, heldAfter } = summary
  await judge(db, { now: new Date(shell.clock()) })
  if (options.json === true) shell.out.json(summary)
  else {
    const counts = { deleted: countText(deleted), held: countText(heldAfter) }
    const key = verb === 'approve' ? 'decide.approved' : 'decide.refused'
    shell.out.line(shell.say(key, { run, dataset, ...counts }))
  }
  return 0
}
