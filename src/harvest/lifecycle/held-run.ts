import { GuijiError } from '../../errors/guiji-error.ts'
import type { ClaimedRun } from '../run-record.ts'

/** A run as its lifeline knows it. */
export interface RunAtWork extends ClaimedRun {
  /** Codes, for messages. */
  readonly dataset: string
  readonly source: string
  /** Milliseconds without progress after which the run is given up. */
  readonly patience: number
  /** `patience` as it was declared. */
  readonly patienceText: string
}

/** What the store said of a run when its lease was renewed; undefined: it is not this process's any more. */
export interface Beat {
  readonly stalled: boolean
  readonly cancel_at: Date | null
  readonly cancel_by: string | null
}

/** What a run tells of itself while it works, and how it learns that it has to end. */
export interface Pulse {
  /** Aborts, with the error that tells why, when the run is cancelled, stalled or taken over, or the process stops. */
  readonly signal: AbortSignal
  /** Bytes or records went by. */
  progress(): void
  /** What is waited for from here on; decides whose fault a silence is. */
  waitFor(what: 'source' | 'store'): void
}

/** One run under way in this process. */
export class HeldRun implements Pulse {
  readonly run: RunAtWork
  readonly signal: AbortSignal
  readonly #own = new AbortController()
  #moved = false
  #waiting: 'source' | 'store' = 'store'

  constructor(run: RunAtWork, stop: AbortSignal) {
    this.run = run
    this.signal = AbortSignal.any([stop, this.#own.signal])
  }

  progress(): void {
    this.#moved = true
  }

  waitFor(what: 'source' | 'store'): void {
    this.#waiting = what
  }

  /** Whether there was progress since this was last asked. */
  takeMoved(): boolean {
    const moved = this.#moved
    this.#moved = false
    return moved
  }

  take(beat: Beat | undefined): void {
    if (this.signal.aborted) return
    const { runId: run, dataset } = this.run
    if (beat === undefined) this.#own.abort(new GuijiError('RUN_FENCED', { run, dataset }))
    else if (beat.cancel_at !== null) {
      const by = beat.cancel_by ?? '?'
      this.#own.abort(new GuijiError('RUN_CANCELLED', { run, dataset, by, at: beat.cancel_at.toISOString() }))
    } else if (beat.stalled) this.#own.abort(this.#stalled())
  }

  #stalled(): GuijiError {
    const { runId: run, dataset, source, patienceText: patience } = this.run
    return this.#waiting === 'source'
      ? new GuijiError('SOURCE_SILENT', { source, dataset, patience })
      : new GuijiError('RUN_STALLED', { run, dataset, patience })
  }
}
