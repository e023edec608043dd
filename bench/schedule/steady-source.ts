import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { Listing, SourceSession } from '../../src/connector.ts'
import type { HarvestEngine } from '../../src/harvest/run.ts'

/** An engine whose sources say that nothing changed: a whole run, claimed, judged and published, without any reading. */
export function steadyEngine(
  pool: pg.Pool,
  options: {
    readonly worker: string
    readonly clock: () => number
    /** Milliseconds that a source takes to answer. Default: 0. */
    readonly answer?: number
  },
): HarvestEngine {
  return {
    pool,
    worker: options.worker,
    clock: options.clock,
    openSource: async (_, signal) => {
      await pause(options.answer ?? 0, undefined, { signal })
      return session
    },
    emit: () => {},
    redact: (text) => text,
  }
}

const listing: Listing = {
  fields: ['id'],
  unchanged: true,
  unchangedBy: 'etag',
  async *batches() {},
  decode: () => [],
  end: () => ({ complete: true }),
  async [Symbol.asyncDispose]() {},
}

const session: SourceSession = {
  async *test() {},
  async *discover() {},
  list: async () => listing,
  async [Symbol.asyncDispose]() {},
}
