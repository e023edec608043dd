import { hostname } from 'node:os'
import type { HarvestEngine } from '../src/harvest/run.ts'
import type { RunEvent } from '../src/harvest/run-events.ts'
import type { Store } from '../src/store/open-store.ts'
import { KnownSecrets } from './known-secrets.ts'
import { openSource } from './open-source.ts'

/** Wires the engine to the store, the connectors and this machine's clock. */
export function openEngine(
  store: Store,
  options: {
    readonly directory: string
    readonly emit: (event: RunEvent) => void
    readonly secrets?: KnownSecrets
  },
): HarvestEngine {
  const secrets = options.secrets ?? new KnownSecrets()
  return {
    pool: store.pool,
    openSource: (target, signal) =>
      openSource(target.source, { directory: options.directory, secrets, signal }),
    worker: `${hostname()}/${process.pid}`,
    clock: Date.now,
    emit: options.emit,
    redact: secrets.redact,
  }
}
