import type pg from 'pg'
import { KnownSecrets, openSource } from '../../../jobs/open-source.ts'
import { type HarvestEngine, type RunOptions, runHarvest } from '../../../src/harvest/run.ts'
import type { RunEvent, RunSummary } from '../../../src/harvest/run-events.ts'
import { findTargets } from '../../../src/harvest/target.ts'

export function engineOf(
  database: { readonly pool: pg.Pool },
  directory: string,
  options: { readonly clock?: () => number; readonly emit: (event: RunEvent) => void },
): HarvestEngine {
  const secrets = new KnownSecrets()
  const outbound = { allow: ['127.0.0.1'], only: false }
  return {
    pool: database.pool,
    openSource: (target, signal) => openSource(target.source, { directory, outbound, secrets, signal }),
    worker: `test/${process.pid}`,
    clock: options.clock ?? Date.now,
    emit: options.emit,
    redact: secrets.redact,
  }
}

export async function harvestOnce(
  engine: HarvestEngine,
  code: string,
  options: Partial<RunOptions> = {},
): Promise<RunSummary> {
  const [target] = await findTargets(engine.pool, [code])
  if (target === undefined) throw new Error(`no dataset ${code}`)
  return await runHarvest(engine, target, { signal: new AbortController().signal, ...options })
}
