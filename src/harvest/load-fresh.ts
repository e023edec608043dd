import type pg from 'pg'
import type { Batch } from '../connector.ts'
import { literal, quote } from '../store/identifiers.ts'
import { columnList, digestColumn, loadTable } from '../store/layout.ts'
import { type Accounts, accountsOf } from './accounts.ts'
import { takeFailedRows } from './checked-rows.ts'
import { allPass } from './checks.ts'
import { copyIn, isDataError } from './copy-in.ts'
import { momentWords } from './encode/odd-texts.ts'
import { rawFrames } from './encode/raw-frames.ts'
import { type EncodedRows, encodeRows, finishRows, type Job, rejectionOf } from './encode/row-frames.ts'
import { createChunkTable } from './load-tables.ts'
import type { ChunkLoader } from './read-listing.ts'
import type { Rejection } from './rejections.ts'
import { keyItems, type RunContext } from './run-context.ts'

/** After this many chunks in a row that had bad records, the next ones are not tried the fast way first. */
const patience = 2
const retryAfter = 8

/**
 * Loads chunks into an empty table that will become the store table. The fast way lets COPY check as it reads; a
 * chunk that does not come out whole is undone and repaired: decoded, loaded record by record, checked one by one.
 */
export function freshLoader(context: RunContext): ChunkLoader {
  let failures = 0
  let skipped = 0
  return (batch, digests, chunk) => {
    const tryFast = failures < patience || skipped >= retryAfter
    skipped = tryFast ? 0 : skipped + 1
    const prepared = tryFast ? prepare(context, batch, digests) : undefined
    return async (client, sent) => {
      if (prepared !== undefined && (await loadWhole(context, client, batch, prepared, sent))) {
        failures = 0
        return accountsOf({ inserted: BigInt(batch.count) })
      }
      if (tryFast) failures += 1
      return await repair(context, client, batch, digests, chunk)
    }
  }
}

/** What is ready to be sent, made while PostgreSQL still takes in the chunk before. */
type Prepared =
  | { readonly lane: 'bytes'; readonly frames: readonly Buffer[] }
  | { readonly lane: 'rows'; readonly job: Job; readonly encoded: EncodedRows }

/** Undefined where the batch is known not to come out whole. */
function prepare(context: RunContext, batch: Batch, digests: BigInt64Array): Prepared | undefined {
  if (context.choice.lane === 'bytes') {
    if ((batch.irregular?.length ?? 0) > 0 || hasMomentWord(context, batch)) return undefined
    const dialect = context.listing.copy ?? { format: 'csv' }
    return { lane: 'bytes', frames: rawFrames(batch, digests, dialect) }
  }
  const job = jobOf(context, batch, digests, 'digest', 0)
  const encoded = encodeRows(job)
  return encoded.rejections.length > 0 ? undefined : { lane: 'rows', job, encoded }
}

/** True when every record of the batch went in and passed; otherwise nothing of it is left. */
async function loadWhole(
  context: RunContext,
  client: pg.PoolClient,
  batch: Batch,
  prepared: Prepared,
  sent: () => void,
): Promise<boolean> {
  const rows = prepared.lane === 'rows' ? await finishRows(client, prepared.job, prepared.encoded) : undefined
  if (rows !== undefined && rows.count !== batch.count) return false
  const frames = prepared.lane === 'rows' ? (rows?.frames ?? []) : prepared.frames
  const statement = prepared.lane === 'rows' ? rowsStatement(context) : bytesStatement(context)
  await client.query('savepoint whole')
  try {
    const taken = await context.times.of('copy', () => copyIn(client, statement, frames, sent))
    if (taken === batch.count) {
      await client.query('release savepoint whole')
      return true
    }
  } catch (error) {
    if (!isDataError(error)) throw error
  }
  await client.query('rollback to savepoint whole')
  return false
}

function rowsStatement(context: RunContext): string {
  const columns = columnList([...context.encoder.items, digestColumn])
  return `copy ${loadTable(context.runId)} (${columns}) from stdin (format binary)${passing(context)}`
}

function bytesStatement(context: RunContext): string {
  const { choice, listing } = context
  const columns = columnList([...choice.columns, digestColumn])
  const into = `copy ${loadTable(context.runId)} (${columns}) from stdin`
  const dialect = listing.copy
  if (dialect === undefined || dialect.format === 'binary')
    return `${into} (format binary)${passing(context)}`
  const options = [
    'format csv',
    `delimiter ${literal(dialect.delimiter ?? ',')}`,
    `quote ${literal(dialect.quote ?? '"')}`,
    `encoding ${literal(dialect.encoding ?? 'UTF8')}`,
    ...(choice.forceNull.length > 0 ? [`force_null (${columnList(choice.forceNull)})`] : []),
  ]
  return `${into} (${options.join(', ')})${passing(context)}`
}

/** COPY … WHERE: rows that fail a check are left out, and so the count tells. */
function passing(context: RunContext): string {
  const emptyTexts =
    context.listing.copy?.format === 'binary' && context.choice.lane === 'bytes'
      ? context.choice.forceNull
          .filter((name) =>
            context.layout.columns.some((column) => column.name === name && column.type === 'text'),
          )
          .map((name) => `${quote(name)} is distinct from ''`)
      : []
  const pass = [allPass(context.checks), ...emptyTexts].filter((part) => part !== undefined).join(' and ')
  return pass === '' ? '' : ` where ${pass}`
}

/** PostgreSQL reads `today` as a date; such a chunk is looked at record by record. */
function hasMomentWord(context: RunContext, batch: Batch): boolean {
  if (context.listing.copy?.format === 'binary') return false
  const temporal = context.dataset.items.some((item) =>
    ['date', 'datetime', 'instant', 'time'].includes(item.type),
  )
  return temporal && momentWords.test(batch.bytes.toString('latin1'))
}

async function repair(
  context: RunContext,
  client: pg.PoolClient,
  batch: Batch,
  digests: BigInt64Array,
  chunk: number,
): Promise<Accounts> {
  const { encoder } = context
  const table = await createChunkTable(client, context.layout)
  const job = jobOf(context, batch, digests, 'position', chunk)
  const rows = await finishRows(client, job, encodeRows(job))
  const columns = columnList([...encoder.items, digestColumn, '_chunk', '_seq'])
  const statement = `copy ${table} (${columns}) from stdin (format binary)`
  await context.times.of('copy', () => copyIn(client, statement, rows.frames))
  const failed = await context.times.of('check', () => takeFailedRows(client, table, chunk, context.checks))
  const moved = columnList([...encoder.items, digestColumn])
  const inserted = await client.query(
    `with taken as (delete from ${table} where _chunk = $1 returning *)
     insert into ${loadTable(context.runId)} (${moved}) select ${moved} from taken order by _seq`,
    [chunk],
  )
  const rejections = [...rows.rejections, ...failed.map((row) => rejectionOf(job, row.index, row.issue))]
  const { rejected, duplicate } = note(context, rejections)
  return accountsOf({ inserted: BigInt(inserted.rowCount ?? 0), rejected, duplicate })
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

function jobOf(
  context: RunContext,
  batch: Batch,
  digests: BigInt64Array,
  trailing: 'digest' | 'position',
  chunk: number,
): Job {
  const { listing, encoder } = context
  return { listing, batch, digests, encoder, keyItems: keyItems(context), trailing, chunk }
}
