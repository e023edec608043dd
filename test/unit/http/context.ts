import type { ConnectorContext } from '../../../src/connector.ts'

export interface TestContext extends ConnectorContext {
  /** Milliseconds of every wait that was asked for; none is really waited. */
  readonly waits: number[]
  readonly abort: () => void
}

/** A connector's surroundings with a clock that only waiting moves. */
export function testContext(politeness: ConnectorContext['politeness'] = { connections: 4 }): TestContext {
  const controller = new AbortController()
  const waits: number[] = []
  let now = Date.UTC(2026, 0, 1)
  let draws = 0
  return {
    source: 'hr',
    directory: '/nowhere',
    politeness,
    clock: () => now,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted()
      waits.push(milliseconds)
      now += milliseconds
    },
    // A plain sequence is random enough for nonces that must differ.
    outbound: { allow: ['127.0.0.1'], only: false },
    random: () => (draws++ * 0.618_033_988_749) % 1,
    signal: controller.signal,
    waits,
    abort: () => controller.abort(),
  }
}
