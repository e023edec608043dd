import type pg from 'pg'
import type { Batch } from '../connector.ts'
import { columnList, digestColumn, loadTable } from '../store/layout.ts'
import { type Accounts, accountsOf } from './accounts.ts'
import { type FailedRow, takeFailedRows } from './checked-rows.ts'
import { allPass } from './checks.ts'
import { copyIn, isCopyFault, isDataError } from './copy-in.ts'
import { type EncodedRows, encodeRows, finishRows, type Job, rejectionOf } from './encode/row-frames.ts'
import { createChunkTable } from './load-tables.ts'
import type { Rejection } from './rejections.ts'
import { keyItems, type RunContext } from './run-context.ts'

/** Records of one chunk decoded and encoded for a first load, and how to do it again. */
export interface PreparedRows {
  readonly job: Job
  readonly encoded: EncodedRows
}

export async function prepareRows(
  context: RunContext,
  batch: Batch,
  digests: BigInt64Array,
  chunk: number,
): Promise<PreparedRows> {
  const { listing, encoder } = context
  const job: Job = {
    ...{ listing, batch, digests, encoder, keyItems: keyItems(context) },
    trailing: 'digest',
    chunk,
  }
  return { job, encoded: await encodeRows(job) }
}

/**
 * Loads prepared records straight into the load table, leaving out what fails a check; only where some do, they are
 * encoded once more to find which. A check that cannot be computed stops COPY: then they are taken one by one.
 */
export async function loadRows(
  context: RunContext,
  client: pg.PoolClient,
  { job, encoded }: PreparedRows,
  sent: () => void,
): Promise<Accounts> {
  // Records are encoded by turns with the sending of those before: nothing to wait for.
  sent()
  const rows = await finishRows(client, job.encoder, encoded)
  const loaded =
    (await loadPassing(context, client, job, rows, sent)) ?? (await loadOneByOne(context, client, job))
  const bad = loaded.failed.map((row) => rejectionOf(job, row.index, row.issue))
  const { rejected, duplicate } = note(context, [...rows.rejections, ...bad])
  return accountsOf({ inserted: BigInt(loaded.taken), rejected, duplicate })
}

interface Loaded {
  readonly taken: number
  readonly failed: readonly FailedRow[]
}

async function loadPassing(
  context: RunContext,
  client: pg.PoolClient,
  job: Job,
  rows: { readonly frames: readonly Buffer[]; readonly count: number },
  sent: () => void,
): Promise<Loaded | undefined> {
  const pass = allPass(context.checks)
  const columns = columnList([...context.encoder.items, digestColumn])
  const where = pass === undefined ? '' : ` where ${pass}`
  const statement = `copy ${loadTable(context.runId)} (${columns}) from stdin (format binary)${where}`
  await client.query('savepoint passing')
  try {
    const taken = await context.times.of('copy', () => copyIn(client, statement, rows.frames, sent))
    const failed = taken === rows.count ? [] : await findFailed(context, client, job, `(${pass}) is not true`)
    if (taken + failed.length === rows.count) {
      await client.query('release savepoint passing')
      return { taken, failed }
    }
  } catch (error) {
    if (!isDataError(error) && !isCopyFault(error)) throw error
  }
  await client.query('rollback to savepoint passing')
  return undefined
}

/** Loads the chunk with the position of each record into a table of its own, as far as `which` holds, and checks it. */
async function findFailed(
  context: RunContext,
  client: pg.PoolClient,
  job: Job,
  which?: string,
): Promise<FailedRow[]> {
  const table = await createChunkTable(client, context.layout)
  const placed: Job = { ...job, trailing: 'position' }
  const { frames } = await finishRows(client, placed.encoder, await encodeRows(placed))
  const columns = columnList([...context.encoder.items, digestColumn, '_chunk', '_seq'])
  const where = which === undefined ? '' : ` where ${which}`
  const statement = `copy ${table} (${columns}) from stdin (format binary)${where}`
  await context.times.of('copy', () => copyIn(client, statement, frames))
  return await context.times.of('check', () =>
    takeFailedRows(client, table, job.chunk, { checks: context.checks, keyItems: job.keyItems }),
  )
}

async function loadOneByOne(context: RunContext, client: pg.PoolClient, job: Job): Promise<Loaded> {
  const failed = await findFailed(context, client, job)
  const moved = columnList([...context.encoder.items, digestColumn])
  const { rowCount } = await client.query(
    `with taken as (delete from pg_temp.chunk where _chunk = $1 returning *)
     insert into ${loadTable(context.runId)} (${moved}) select ${moved} from taken order by _seq`,
    [job.chunk],
  )
  return { taken: rowCount ?? 0, failed }
}

/** Counts rejections; a record rejected before in this run is a duplicate. */
export function note(
  context: RunContext,
  rejections: readonly Rejection[],
): { readonly rejected: bigint; readonly duplicate: bigint } {
  let rejected = 0n
  let duplicate = 0n
  for (const rejection of rejections) {
    if (context.rejections.add(rejection)) rejected += 1n
    else duplicate += 1n
  }
  return { rejected, duplicate }
}
