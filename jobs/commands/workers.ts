import { readWorkers, type WorkerRecord } from '../../src/schedule/read-workers.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { instantText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

export const workersCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'workers', { about: 'help.workers', example: 'guiji workers --json' })
  return onCall(command, done, (options) => workers(shell, options))
}

async function workers(shell: Shell, options: GlobalOptions): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const found = await readWorkers(session.db)
  const zone = session.settings.timeZone
  if (options.json === true) shell.out.json({ workers: found.map((one) => workerJson(one, zone)) })
  else if (found.length === 0) shell.out.line(shell.say('worker.none'))
  else shell.out.lines(workerTable(shell, found, zone))
  return 0
}

function workerJson({ id, startedAt, seenAt, ...worker }: WorkerRecord, zone: string): object {
  return { ...worker, startedAt: instantText(startedAt, zone), seenAt: instantText(seenAt, zone) }
}

function workerTable({ say }: Shell, found: readonly WorkerRecord[], zone: string): string[] {
  return formatTable(
    [
      { title: say('worker.name') },
      { title: say('worker.kind') },
      { title: say('worker.state') },
      { title: say('worker.since') },
      { title: say('worker.seen') },
      { title: say('worker.hands'), align: 'right' },
      { title: say('worker.datasets'), max: 60 },
    ],
    found.map((one) => [
      one.name,
      one.kind,
      say(`worker.state.${one.state}`),
      shortInstant(one.startedAt, zone),
      shortInstant(one.seenAt, zone),
      String(one.concurrency),
      one.datasets.join(' '),
    ]),
  )
}
