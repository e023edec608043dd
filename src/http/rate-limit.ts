/** What waiting needs from outside. */
export interface Waiting {
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Resolves when the next request may go out. */
export type Turn = (signal: AbortSignal) => Promise<void>

/**
 * Lets `perSecond` requests a second pass, evenly spaced after the first; fractions are allowed (0.1: one in ten
 * seconds). A token bucket of one token: a department's system is spared bursts after a pause, too.
 */
export function rateLimit(perSecond: number | undefined, waiting: Waiting): Turn {
  if (perSecond === undefined) return async (signal) => signal.throwIfAborted()
  const interval = 1000 / perSecond
  let free = 0
  return async (signal) => {
    signal.throwIfAborted()
    const now = waiting.clock()
    const turn = Math.max(now, free)
    // Taken before waiting, so that requests that wait together get turns of their own.
    free = turn + interval
    if (turn > now) await waiting.sleep(turn - now, signal)
  }
}
