import pino, { type Logger } from 'pino'
import { GuijiError } from '../src/errors/guiji-error.ts'
import type { RunEvent } from '../src/harvest/run-events.ts'
import type { SlotOutcome } from '../src/schedule/run-slots.ts'
import type { Ticked } from '../src/schedule/tick.ts'
import type { Shell } from './shell.ts'

/** What a service says of its work: one JSON object a line on stderr, every run with its number. */
export interface WorkLog {
  info(event: string, facts?: object): void
  run(event: RunEvent): void
  tick(ticked: Ticked & { readonly milliseconds: number }): void
  outcome(outcome: SlotOutcome): void
  trouble(error: unknown): void
}

/** A log in which no secret is shown that was resolved while the service ran. */
export function openWorkLog(shell: Shell, level: string): WorkLog {
  const logger = pino(
    { level, base: { worker: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    { write: (line: string) => void shell.err.write(shell.secrets.redact(line)) },
  )
  return {
    info: (event, facts = {}) => logger.info(facts, event),
    run: (event) => logRun(logger, event),
    tick: ({ milliseconds, ...ticked }) =>
      logger.debug({ ...ticked, unreadable: ticked.unreadable.map(String), milliseconds }, 'ticked'),
    outcome: (outcome) => logOutcome(logger, shell, outcome),
    trouble: (error) => logger.error(errorFacts(shell, error), 'trouble'),
  }
}

function logRun(logger: Logger, { event, ...facts }: RunEvent): void {
  if (event === 'progress') logger.debug(facts, event)
  else if (event === 'finished' && 'state' in facts && facts.state !== 'succeeded') logger.warn(facts, event)
  else logger.info(facts, event)
}

/** Runs speak for themselves; a slot that became none is told here. */
function logOutcome(logger: Logger, shell: Shell, { slot, summary, error }: SlotOutcome): void {
  const about = { dataset: slot.dataset, slot: slot.instant.toISOString() }
  if (summary !== undefined) logger.debug({ ...about, run: summary.run }, 'slot-served')
  else logger.warn({ ...about, ...errorFacts(shell, error) }, 'slot-not-run')
}

function errorFacts(shell: Shell, met: unknown): object {
  const error = shell.storeTrouble.of(met)
  if (!(error instanceof GuijiError)) return { error: String(error) }
  return { code: error.code, error: error.fact(shell.language), hint: error.hint(shell.language) }
}
