import { type Maintained, maintainHistory } from '../../src/history/maintain.ts'
import { type CommandMaker, newCommand, onCall } from '../command.ts'
import { maintainedJson } from '../maintained-json.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText } from '../terminal/format.ts'

export const maintainCommand: CommandMaker = (shell, done) =>
  onCall(
    newCommand(shell, 'maintain', { about: 'help.maintain', example: 'guiji maintain' }),
    done,
    (options) => maintain(shell, options),
  )

/** Exit code 3: another process is at it, or a month was left because harvests were at work. */
async function maintain(shell: Shell, options: GlobalOptions): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const { history: keep, timeZone: zone } = session.settings
  const now = new Date(shell.clock())
  const maintained = await maintainHistory(session.pool, { now, zone, keep, signal: shell.signal })
  if (options.json === true)
    shell.out.json(maintained === undefined ? { busy: true } : maintainedJson(maintained))
  else if (maintained === undefined) shell.out.line(shell.say('maintain.other'))
  else show(shell, maintained)
  return maintained === undefined || maintained.cleared.busy.length > 0 ? 3 : 0
}

function show({ out, say }: Shell, { made, rolled, cleared, rows }: Maintained): void {
  const months = (of: readonly string[]) =>
    of.map((month) => (month === '-infinity' ? say('maintain.before') : month.slice(0, 7))).join(', ')
  const lines = [
    ['maintain.made', made],
    ['maintain.rolled', rolled],
    ['maintain.chunks', cleared.chunks],
    ['maintain.runs', cleared.runs],
    ['maintain.busy', cleared.busy],
  ] as const
  const told = lines.filter(([, of]) => of.length > 0)
  for (const [key, of] of told) out.line(say(key, { months: months(of) }))
  const counts = Object.entries(rows) as [string, bigint][]
  const some = counts.some(([, count]) => count > 0n)
  if (some)
    out.line(say('maintain.rows', Object.fromEntries(counts.map(([name, n]) => [name, countText(n)]))))
  if (told.length === 0 && !some) out.line(say('maintain.nothing'))
}
