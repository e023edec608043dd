import type pg from 'pg'
import type { Batch } from '../connector.ts'
import { literal, quote } from '../store/identifiers.ts'
import { columnList, digestColumn, loadTable } from '../store/layout.ts'
import { type Accounts, accountsOf } from './accounts.ts'
import { recordBytes } from './checked-rows.ts'
import { allPass } from './checks.ts'
import type { Chunk, ChunkLoader } from './chunk.ts'
import { copyIn, isCopyFault, isDataError } from './copy-in.ts'
import { hasMomentWord } from './encode/moment-words.ts'
import { rawFrames } from './encode/raw-frames.ts'
import { halvesOf } from './known/halves.ts'
import { pageIds, writePages } from './known/listing-pages.ts'
import { pagesOf } from './known/page-order.ts'
import { loadRows, prepareRows } from './load-rows.ts'
import type { RunContext } from './run-context.ts'

/** After this many chunks in a row that had bad records, the next ones are decoded at once; now and then one is tried. */
const patience = 2
const retryAfter = 8

/**
 * Loads chunks into an empty table that will become the store table. In the bytes lane COPY reads and checks the
 * source's own bytes; a chunk that does not come out whole is undone and repaired by the way of the rows lane, where
 * each record is decoded.
 */
export function freshLoader(context: RunContext, firstChunk: number): ChunkLoader {
  let failures = 0
  let skipped = 0
  let chunks = firstChunk
  return {
    async add(batch, digests) {
      const number = chunks
      chunks += 1
      const tryBytes = context.choice.lane === 'bytes' && (failures < patience || skipped >= retryAfter)
      skipped = tryBytes ? 0 : skipped + 1
      const frames = tryBytes ? bytesFrames(context, batch, digests) : undefined
      const prepared = tryBytes ? undefined : await prepareRows(context, batch, digests, number)
      const load: Chunk['load'] = async (client, sent) => {
        if (frames !== undefined && (await loadBytes(context, client, { batch, frames, sent }))) {
          failures = 0
          return accountsOf({ inserted: BigInt(batch.count) })
        }
        if (tryBytes) failures += 1
        return await loadRows(
          context,
          client,
          prepared ?? (await prepareRows(context, batch, digests, number)),
          sent,
        )
      }
      return {
        number,
        bytes: recordBytes(batch),
        first: batch.place(0),
        last: batch.place(batch.count - 1),
        load: async (client, sent) => {
          const accounts = await load(client, sent)
          await keepOrder(context, client, { number, digests, accounts })
          batch.release?.()
          return accounts
        },
      }
    },
    rest: () => undefined,
  }
}

/** Keeps the order of the records that were taken, for the next listing to be compared with. */
async function keepOrder(
  context: RunContext,
  client: pg.PoolClient,
  chunk: { readonly number: number; readonly digests: BigInt64Array; readonly accounts: Accounts },
): Promise<void> {
  if (context.mode !== 'snapshot') return
  const { number, digests, accounts } = chunk
  const taken =
    accounts.rejected === 0n ? digests : digests.filter((digest) => !context.rejections.has(digest))
  await writePages(client, context.datasetId, pagesOf(halvesOf(taken), pageIds(context.runId, number)))
}

/** Undefined where PostgreSQL would read the batch otherwise than it is meant. */
function bytesFrames(context: RunContext, batch: Batch, digests: BigInt64Array): Buffer[] | undefined {
  if ((batch.irregular?.length ?? 0) > 0 || mayNameMoment(context, batch)) return undefined
  return rawFrames(batch, digests, context.listing.copy ?? { format: 'csv' })
}

interface BytesChunk {
  readonly batch: Batch
  readonly frames: readonly Buffer[]
  readonly sent: () => void
}

/** True when every record of the batch went in and passed; otherwise nothing of it is left. */
async function loadBytes(context: RunContext, client: pg.PoolClient, chunk: BytesChunk): Promise<boolean> {
  const statement = bytesStatement(context)
  await client.query('savepoint whole')
  try {
    const taken = await context.times.of('copy', () => copyIn(client, statement, chunk.frames, chunk.sent))
    if (taken === chunk.batch.count) {
      await client.query('release savepoint whole')
      return true
    }
  } catch (error) {
    if (!isDataError(error) && !isCopyFault(error)) throw error
  }
  await client.query('rollback to savepoint whole')
  return false
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
    context.listing.copy?.format === 'binary'
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
function mayNameMoment(context: RunContext, batch: Batch): boolean {
  if (context.listing.copy?.format === 'binary') return false
  const temporal = context.dataset.items.some((item) =>
    ['date', 'datetime', 'instant', 'time'].includes(item.type),
  )
  const { bytes, starts, ends, count } = batch
  return temporal && hasMomentWord(bytes.subarray(starts[0], ends[count - 1]))
}
