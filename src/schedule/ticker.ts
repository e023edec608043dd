import { schedule } from 'node-cron'

/** Calls `beat` again and again until the signal aborts. What a beat is for reads the store: it may be lost or doubled. */
export type Ticker = (beat: () => void, signal: AbortSignal) => void

/**
 * Every full minute, by node-cron; in UTC, where no clock change confuses it (node-cron/node-cron#509: missed or
 * endlessly repeated executions around a change).
 */
export const cronTicker: Ticker = (beat, signal) => {
  const task = schedule('* * * * *', beat, { timezone: 'UTC', suppressMissedWarning: true })
  signal.addEventListener('abort', () => void task.destroy(), { once: true })
}

export interface Steadiness {
  /** Milliseconds of silence after which it beats by itself, on the clock that nobody can set. */
  readonly silence: number
  /** Beats closer than this many milliseconds are one. */
  readonly gap: number
}

/** Makes good for a ticker that stops, and hushes one that raves. */
export function steadyTicker(ticker: Ticker, { silence, gap }: Steadiness): Ticker {
  return (beat, signal) => {
    let timer: NodeJS.Timeout | undefined
    let last = Number.NEGATIVE_INFINITY
    const pass = () => {
      if (signal.aborted || performance.now() - last < gap) return
      last = performance.now()
      clearTimeout(timer)
      timer = setTimeout(pass, silence)
      beat()
    }
    timer = setTimeout(pass, silence)
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    ticker(pass, signal)
  }
}

/** What `guiji serve` runs on: a minute's beat that nothing can stop for longer than 75 seconds. */
export const minuteTicker: Ticker = steadyTicker(cronTicker, { silence: 75_000, gap: 5_000 })
