import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ControlDatabase } from '../../catalog-schema/control/database.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { judge } from '../freshness/judge.ts'
import { errorRecord } from '../harvest/error-record.ts'
import { type HarvestEngine, runHarvest } from '../harvest/run.ts'
import type { RunSummary } from '../harvest/run-events.ts'
import { findTargets, type HarvestTarget } from '../harvest/target.ts'
import { type Bell, createBell } from './bell.ts'
import { failSlot, finishSlot, giveBackSlot } from './release-slots.ts'
import { type TakenSlot, takeSlots } from './take-slots.ts'
import type { Worker } from './workers.ts'

/** How often a worker with nothing to do looks for slots. */
const lookEvery = 2_000
/** How long it waits for a store that is away. */
const storePause = 3_000
/** How long a slot rests whose dataset someone else is harvesting. */
const restSeconds = 30

/** What became of a slot that was taken. */
export interface SlotOutcome {
  readonly slot: TakenSlot
  readonly target?: HarvestTarget
  /** Absent where no run could begin. */
  readonly summary?: RunSummary
  readonly error?: unknown
}

export interface SlotWork {
  readonly engine: HarvestEngine
  readonly db: Kysely<ControlDatabase>
  readonly worker: Pick<Worker, 'id'>
  /** Runs at once in this process. */
  readonly concurrency: number
  /** Aborts: no slot is taken any more, and the work ends with the runs under way. */
  readonly signal: AbortSignal
  /** Aborts: the runs under way are cancelled and their slots given back. */
  readonly cancel: AbortSignal
  /** Read everything and compare, whatever the sources say of themselves. */
  readonly full?: boolean
  /** Ends when nothing is due any more. Default: goes on until `signal` aborts. */
  readonly once?: boolean
  /** Rung when slots may have come due; without it the worker looks every two seconds. */
  readonly bell?: Bell
  readonly onOutcome: (outcome: SlotOutcome) => void
  /** The store could not be reached; the worker goes on trying. */
  readonly onTrouble: (error: unknown) => void
  /** Nothing is due and nothing runs, as of the ring of the bell with this number. */
  readonly onIdle?: (heard: number) => void
}

/** Takes slots and runs them until there is no more to do: the work of `serve`, `worker` and `harvest --due`. */
export async function workSlots(work: SlotWork): Promise<void> {
  const bell = work.bell ?? createBell()
  const running = new Set<Promise<void>>()
  while (!work.signal.aborted) {
    const heard = bell.heard()
    const taken = await takeNext(work, work.concurrency - running.size)
    for (const slot of taken) {
      const run = runSlot(work, slot).finally(() => {
        running.delete(run)
        bell.ring()
      })
      running.add(run)
    }
    if (taken.length > 0) continue
    if (running.size === 0) {
      if (work.once === true) break
      work.onIdle?.(heard)
    }
    await bell.wait(heard, lookEvery)
  }
  await Promise.all(running)
}

async function takeNext(work: SlotWork, limit: number): Promise<TakenSlot[]> {
  if (limit <= 0) return []
  try {
    const now = new Date(work.engine.clock())
    return await takeSlots(work.db, { workerId: work.worker.id, now, limit })
  } catch (error) {
    if (work.once === true) throw error
    work.onTrouble(error)
    await pause(storePause, undefined, { signal: work.signal }).catch(() => {})
    return []
  }
}

async function runSlot(work: SlotWork, slot: TakenSlot): Promise<void> {
  const outcome = await attempt(work, slot)
  await untilStored(work, () => settle(work, outcome))
  work.onOutcome(outcome)
}

async function attempt({ engine, cancel, full = false }: SlotWork, slot: TakenSlot): Promise<SlotOutcome> {
  try {
    const targets = await findTargets(engine.pool, [slot.dataset])
    const target = targets.find(({ harvestId }) => harvestId === slot.harvestId)
    if (target === undefined) throw new GuijiError('HARVEST_MISSING', { dataset: slot.dataset })
    const run = runHarvest(engine, target, { slotAt: slot.instant, signal: cancel, full })
    return await run.then(
      (summary) => ({ slot, target, summary }),
      (error) => ({ slot, target, error }),
    )
  } catch (error) {
    return { slot, error }
  }
}

/** The promise is judged before the slot is free: what comes next must know whether it is kept. */
async function settle({ engine, db, cancel }: SlotWork, { slot, summary, error }: SlotOutcome) {
  const now = new Date(engine.clock())
  if (summary !== undefined) {
    await judge(db, { now, datasetIds: [slot.datasetId] })
    if (summary.state === 'cancelled' && cancel.aborted) await giveBackSlot(db, slot)
    else await finishSlot(db, slot, BigInt(summary.run))
  } else if (cancel.aborted) await giveBackSlot(db, slot)
  else if (error instanceof GuijiError && error.code === 'RUN_ACTIVE')
    await giveBackSlot(db, slot, restSeconds)
  else await failSlot(db, slot, { worker: engine.worker, now, error: recordOf(engine, error) })
}

function recordOf({ redact }: HarvestEngine, error: unknown): object {
  const record =
    error instanceof GuijiError ? errorRecord(error) : { code: 'UNEXPECTED', fact: String(error) }
  return JSON.parse(redact(JSON.stringify(record)))
}

/** A store that is away for a moment must not leave a slot taken by a worker that lives. */
async function untilStored(work: SlotWork, write: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await write()
      return
    } catch (error) {
      work.onTrouble(error)
      // Without the worker its lease runs out, and others give the slot back.
      if (work.once === true || work.cancel.aborted) return
      await pause(storePause, undefined, { signal: work.cancel }).catch(() => {})
    }
  }
}
