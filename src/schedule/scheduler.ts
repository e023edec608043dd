import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import type { HarvestEngine } from '../harvest/run.ts'
import { createBell } from './bell.ts'
import { type SlotOutcome, workSlots } from './run-slots.ts'
import { type Ticked, tick } from './tick.ts'
import type { Ticker } from './ticker.ts'
import { startWorker } from './workers.ts'

const hour = 3_600_000

export interface SchedulerOptions {
  /** Its clock says what is due: the store's in a service, any other in a simulation. */
  readonly engine: HarvestEngine
  readonly db: Kysely<ControlDatabase>
  /** Absent: this process only works; another one plans. */
  readonly ticker?: Ticker
  /** Runs at once in this process. */
  readonly concurrency: number
  /** How far ahead occurrences are planned. */
  readonly horizonDays: number
  /** Milliseconds that runs under way get to end, once the signal has aborted, before they are cancelled. */
  readonly grace: number
  readonly signal: AbortSignal
  readonly onTick?: (ticked: Ticked & { readonly milliseconds: number }) => void
  readonly onOutcome?: (outcome: SlotOutcome) => void
  /** The store could not be reached, or a tick failed; the scheduler goes on. */
  readonly onTrouble: (error: unknown) => void
}

export interface Scheduler {
  /** Settles when the signal has aborted and everything has come to its end. */
  readonly ended: Promise<void>
  /** Does what the clock asks for by now: ticks if this process does, and runs what is due until nothing is. */
  catchUp(): Promise<void>
}

/**
 * Starts to plan, judge and run, until the signal aborts. Everything it knows is in the store: any number of them
 * may run, on any number of machines, and any of them may die.
 */
export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { db, engine, ticker, signal, onTrouble } = options
  const worker = await startWorker(db, {
    name: engine.worker,
    kind: ticker === undefined ? 'worker' : 'serve',
    concurrency: options.concurrency,
    onTrouble,
  })
  const cancel = cancelAfter(signal, options.grace)
  const bell = createBell()
  signal.addEventListener('abort', () => bell.ring(), { once: true })
  const waiting = new Map<() => void, number>()
  const work = workSlots({
    engine,
    db,
    worker,
    concurrency: options.concurrency,
    signal,
    cancel: cancel.signal,
    bell,
    onOutcome: (outcome) => options.onOutcome?.(outcome),
    onTrouble,
    onIdle: (heard) => {
      for (const [resolve, ring] of waiting) if (ring <= heard && waiting.delete(resolve)) resolve()
    },
  })
  const beat = ticker === undefined ? undefined : startTicking(options, ticker, bell.ring)
  const idle = () => new Promise<void>((resolve) => waiting.set(resolve, bell.ring()))
  return {
    ended: endOf(work, beat, [worker, cancel]),
    async catchUp() {
      await beat?.()
      await Promise.race([idle(), work])
    },
  }
}

async function endOf(
  work: Promise<void>,
  beat: (() => Promise<void>) | undefined,
  [worker, cancel]: readonly [AsyncDisposable, AsyncDisposable],
): Promise<void> {
  await using _worker = worker
  await using _cancel = cancel
  await work
  await beat?.()
}

/** Aborts a while after `signal`, so that what is nearly done is not thrown away. */
function cancelAfter(signal: AbortSignal, grace: number) {
  const cancelled = new AbortController()
  const over = new AbortController()
  const wait = async () => {
    await pause(grace, undefined, { signal: over.signal }).then(
      () => cancelled.abort(signal.reason),
      () => {},
    )
  }
  if (signal.aborted) void wait()
  else signal.addEventListener('abort', () => void wait(), { once: true })
  return {
    signal: cancelled.signal,
    async [Symbol.asyncDispose]() {
      over.abort()
    },
  }
}

/**
 * Ticks at every beat, at once for the first; beats that come while one is under way are made good by one more.
 *
 * @returns beats once, and settles when that tick has ended; after the signal only waits for the one under way
 */
function startTicking(
  { db, engine, horizonDays, signal, onTick, onTrouble }: SchedulerOptions,
  ticker: Ticker,
  ring: () => void,
): () => Promise<void> {
  let lastHour = Number.NaN
  let current: Promise<void> | undefined
  let following: Promise<void> | undefined
  const once = async () => {
    if (signal.aborted) return
    const now = new Date(engine.clock())
    const begun = performance.now()
    const thisHour = Math.floor(now.getTime() / hour)
    try {
      const ticked = await tick(db, { now, horizonDays, thorough: thisHour !== lastHour })
      lastHour = thisHour
      onTick?.({ ...ticked, milliseconds: performance.now() - begun })
    } catch (error) {
      onTrouble(error)
    }
    ring()
  }
  const beat = async (): Promise<void> => {
    if (current === undefined) {
      current = once().finally(() => {
        current = undefined
      })
      return await current
    }
    following ??= current.then(() => {
      following = undefined
      return beat()
    })
    return await following
  }
  void beat()
  ticker(() => void beat(), signal)
  return beat
}
