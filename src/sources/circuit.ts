import type { ErrorCode, GuijiError } from '../errors/guiji-error.ts'
import type { Cause } from '../errors/table.ts'

/** When a source is left alone, and for how long. */
export interface CircuitLimits {
  /** Readings that failed one after the other before the circuit opens. */
  readonly failures: number
  /** Milliseconds for which an open circuit lets nobody pass; doubled each time the probe fails. */
  readonly pause: number
  readonly longestPause: number
}

export const circuitLimits: CircuitLimits = { failures: 3, pause: 30_000, longestPause: 15 * 60_000 }

/** What is known of a source from the readings of this process. Instants are milliseconds since the epoch. */
export interface CircuitState {
  readonly state: 'closed' | 'open' | 'probing'
  /** Failures one after the other, the last included. */
  readonly failures: number
  /** Of the last failure. */
  readonly code?: ErrorCode
  readonly cause?: Cause
  /** When the circuit opened, and until when nobody passes. */
  readonly since?: number
  readonly until?: number
}

/**
 * The circuit breaker of one source (Nygard, Release It!): after some failures of the connection in a row it is left
 * alone for a while, so that twenty datasets of a system that is down do not wait for twenty time-outs, nor lock an
 * account whose password has changed. After the pause one reading passes as a probe; its outcome opens or closes.
 */
export class Circuit {
  readonly #limits: CircuitLimits
  #state: CircuitState = { state: 'closed', failures: 0 }
  #pause: number

  constructor(limits: CircuitLimits = circuitLimits) {
    this.#limits = limits
    this.#pause = limits.pause
  }

  get state(): CircuitState {
    return this.#state
  }

  /** True if a reading may begin now; while the circuit is open, only one may, and only after the pause. */
  admit(now: number): boolean {
    const { state, until = 0 } = this.#state
    if (state === 'closed') return true
    if (state === 'probing' || now < until) return false
    this.#state = { ...this.#state, state: 'probing' }
    return true
  }

  /** The source answered. True where that changed the state. */
  answered(): boolean {
    const changed = this.#state.failures > 0
    this.#pause = this.#limits.pause
    this.#state = { state: 'closed', failures: 0 }
    return changed
  }

  /** A reading failed. True where that opened the circuit. */
  failed(error: GuijiError, now: number): boolean {
    if (!reachFailures.has(error.code)) {
      this.#release()
      return false
    }
    const { state, failures: before, since } = this.#state
    const failures = before + 1
    const told = { failures, code: error.code, ...(error.blame === undefined ? {} : { cause: error.blame }) }
    if (state === 'closed' && failures < this.#limits.failures) {
      this.#state = { state, ...told }
      return false
    }
    if (state === 'probing') this.#pause = Math.min(2 * this.#pause, this.#limits.longestPause)
    this.#state = { ...told, state: 'open', since: since ?? now, until: now + this.#pause }
    return state !== 'open'
  }

  /** A probe ended without telling anything of the source: the next reading is one. */
  abandoned(): void {
    this.#release()
  }

  #release(): void {
    if (this.#state.state === 'probing') this.#state = { ...this.#state, state: 'open' }
  }
}

/** Failures of the way to a source or of its being ready at all; wrong content says nothing against the next reading. */
const reachFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'SOURCE_REFUSED',
  'SOURCE_NAME_UNKNOWN',
  'SOURCE_TLS',
  'SOURCE_TIMEOUT',
  'SOURCE_BUSY',
  'SOURCE_CLOSED',
  'SOURCE_FAILING',
  'SOURCE_CREDENTIAL',
  'SOURCE_BLOCKED',
])
