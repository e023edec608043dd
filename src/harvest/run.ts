import type pg from 'pg'
import type { SourceSession } from '../connector.ts'
import { toStoreError } from '../store/server/connection-errors.ts'
import { addressOf } from './address-of.ts'
import { attemptRun } from './attempt.ts'
import { prepareSession } from './lend-connection.ts'
import { type Claim, claimRun, type Restart } from './lifecycle/claim.ts'
import { patiently } from './lifecycle/patiently.ts'
import { recordNotBegun } from './lifecycle/queue.ts'
import type { RunEvent, RunSummary } from './run-events.ts'
import { releaseRun } from './run-record.ts'
import { readSummary } from './run-summary.ts'
import type { HarvestTarget } from './target.ts'

/** Everything a run needs from outside. */
export interface HarvestEngine {
  readonly pool: pg.Pool
  /** Opens a session with the source: secrets resolved, politeness applied. */
  readonly openSource: (target: HarvestTarget, signal: AbortSignal) => Promise<SourceSession>
  /** Names this process in the run history. */
  readonly worker: string
  readonly clock: () => number
  readonly emit: (event: RunEvent) => void
  /** Takes secrets out of any text that is kept or shown. */
  readonly redact: (text: string) => string
}

export interface RunOptions {
  /** Read everything and compare, whatever the source says of itself. */
  readonly full?: boolean
  readonly slotAt?: Date
  readonly signal: AbortSignal
}

/**
 * Runs one harvest once, from plan to publication: the run that was lost is gone on with where the source is what it
 * was, else a new one begins. Failures of the source end in the run's record, not in an exception.
 */
export async function runHarvest(
  engine: HarvestEngine,
  target: HarvestTarget,
  options: RunOptions,
): Promise<RunSummary> {
  const client = await patiently(engine.pool, options.signal, () => engine.pool.connect())
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    let instead: Restart | undefined
    for (;;) {
      const claim = await begin(engine, client, target, { ...options, ...(instead && { instead }) })
      instead = await attemptRun(engine, client, claim, options.signal)
      await releaseRun(client, claim.runId)
      if (instead !== undefined) continue
      const summary = await readSummary(client, claim.runId)
      engine.emit({ event: 'finished', ...summary })
      return summary
    }
  } catch (error) {
    throw toStoreError(error, addressOf(client))
  } finally {
    client.off('error', onError)
    await release(client, broken)
  }
}

/** Claims a run; where none can be had, that it was wanted is put on record. */
async function begin(
  engine: HarvestEngine,
  client: pg.PoolClient,
  target: HarvestTarget,
  { full, slotAt, instead }: RunOptions & { readonly instead?: Restart },
): Promise<Claim> {
  const { worker } = engine
  const now = new Date(engine.clock())
  const asked = { worker, now, ...(full && { full }), ...(slotAt && { slotAt }) }
  await prepareSession(client, target.dataset.commitment.timeZone)
  try {
    return await claimRun(client, target, { ...asked, ...(instead && { instead }) })
  } catch (error) {
    const met = toStoreError(error, addressOf(client))
    // Where the store itself is gone nothing can be put on record; the first error is the one that tells.
    const record = recordNotBegun(client, target, { ...asked, mode: target.harvest.mode, error: met })
    await record.catch(() => {})
    throw met
  }
}

/** Gives the connection back as it came: no temporary tables, no locks, no zone. A broken one is thrown away. */
async function release(client: pg.PoolClient, broken: Error | undefined): Promise<void> {
  if (broken !== undefined) return client.release(broken)
  try {
    await client.query(
      `drop table if exists pg_temp.chunk; select pg_advisory_unlock_all(); reset random_page_cost;
       set timezone to 'UTC'; set application_name to 'guiji'`,
    )
    client.release()
  } catch (error) {
    client.release(error instanceof Error ? error : true)
  }
}
