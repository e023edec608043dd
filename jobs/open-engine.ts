import { hostname } from 'node:os'
import type { OutboundRules } from '../src/connector.ts'
import type { HarvestEngine } from '../src/harvest/run.ts'
import type { RunEvent } from '../src/harvest/run-events.ts'
import { recordHealth } from '../src/sources/record-health.ts'
import { openWatched } from '../src/sources/watched-session.ts'
import type { Store } from '../src/store/open-store.ts'
import { KnownSecrets } from './known-secrets.ts'
import { openSource } from './open-source.ts'
import { contactText, SourceCircuits } from './source-circuits.ts'

/** Wires the engine to the store, the connectors and this machine's clock. */
export function openEngine(
  store: Pick<Store, 'pool'>,
  options: {
    readonly directory: string
    readonly emit: (event: RunEvent) => void
    /** Where HTTP sources may lie: `outbound` of the workspace. */
    readonly outbound?: OutboundRules | undefined
    readonly secrets?: KnownSecrets
    /** Shared by all engines of a process. */
    readonly circuits?: SourceCircuits
  },
): HarvestEngine {
  const { directory, outbound, emit, secrets = new KnownSecrets(), circuits = new SourceCircuits() } = options
  const worker = `${hostname()}/${process.pid}`
  return {
    pool: store.pool,
    openSource: ({ source, contact }, signal) =>
      openWatched(() => openSource(source, { directory, outbound, secrets, signal }), {
        source: source.code,
        circuit: circuits.of(source.code),
        contact: contactText(contact),
        clock: Date.now,
        record: (state) => recordHealth(store.pool, source.code, state, { worker, now: new Date() }),
      }),
    worker,
    clock: Date.now,
    emit,
    redact: secrets.redact,
  }
}
