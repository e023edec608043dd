import { GuijiError } from '../src/errors/guiji-error.ts'
import type { RunEvent } from '../src/harvest/run-events.ts'
import { type SchedulerOptions, startScheduler } from '../src/schedule/scheduler.ts'
import { followStoreClock } from '../src/schedule/store-clock.ts'
import { horizonDays } from '../src/workspace/apply-workspace.ts'
import { openAfterTick } from './after-tick.ts'
import { countOption } from './command.ts'
import { openEngine } from './open-engine.ts'
import { openLineage } from './open-lineage.ts'
import { listenAddress, openListener } from './open-listener.ts'
import { openSession } from './session.ts'
import type { ExitCode, GlobalOptions, Shell } from './shell.ts'
import { openWorkLog } from './work-log.ts'

export interface StayOptions extends GlobalOptions {
  readonly concurrency?: string
  readonly grace?: string
  readonly listen?: string
  readonly logLevel?: string
}

export const defaultGrace = '30'

/** Runs until it is told to stop: `serve` with a ticker, `worker` without one. */
export async function runUntilStopped(
  shell: Shell,
  options: StayOptions,
  ticker: Pick<SchedulerOptions, 'ticker'>,
): Promise<ExitCode> {
  const asked =
    options.concurrency === undefined
      ? {}
      : { concurrency: countOption('--concurrency', options.concurrency) }
  const grace = countOption('--grace', options.grace ?? defaultGrace) * 1000
  if (options.listen !== undefined) listenAddress(options.listen)
  const log = openWorkLog(shell, levelOf(options.logLevel ?? 'info'))
  await using session = await openSession(shell, options, asked)
  const { db, directory, settings } = session
  const concurrency = asked.concurrency ?? settings.concurrency
  using clock = await followStoreClock(db)
  await using listener =
    options.listen === undefined
      ? undefined
      : await openListener(options.listen, { db, clock: () => clock.now(), signal: shell.signal })
  if (listener !== undefined) log.info('listening', { url: listener.url })
  await using lineage = await openLineage(shell, session)
  await using after = await openAfterTick(shell, session, log)
  const emit = (event: RunEvent) => {
    log.run(event)
    lineage.take(event)
  }
  const { outbound } = settings
  const engine = {
    ...openEngine(session.store, { directory, outbound, secrets: shell.secrets, emit }),
    clock: () => clock.now(),
  }
  const scheduler = await startScheduler({
    engine,
    db,
    ...ticker,
    concurrency,
    horizonDays,
    grace,
    signal: shell.signal,
    onTick: (ticked) => {
      log.tick(ticked)
      after.begin()
    },
    onOutcome: log.outcome,
    onTrouble: log.trouble,
  })
  log.info('started', { name: engine.worker, concurrency })
  await scheduler.ended
  log.info('stopped')
  return 0
}

function levelOf(text: string): string {
  const levels = ['debug', 'info', 'warn', 'error']
  if (levels.includes(text)) return text
  throw new GuijiError('COMMAND_VALUE', { option: '--log-level', found: text, expected: levels.join(', ') })
}
