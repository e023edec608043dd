import pg from 'pg'
import { to } from 'pg-copy-streams'
import type { Batch, Listing, ListingEnd, ListRequest } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { nearestNames } from '../../src/records/nearest-names.ts'
import type { Connection } from './client.ts'
import { batches, type CopyFormat, cutLines, cutTuples, type Seen } from './cut.ts'
import { lineDecoder, tupleDecoder } from './decode.ts'
import { explain } from './failure.ts'
import { digestOf, type Fingerprint, fingerprint, tokenOf } from './fingerprint.ts'
import { type Column, findRelation, type Relation } from './relation.ts'
import { binaryType, selected } from './types.ts'

/** Opens one reading in one snapshot of the source. The listing owns the connection from here on. */
export async function openListing(connection: Connection, request: ListRequest): Promise<Listing> {
  await connection.query({ text: 'begin transaction isolation level repeatable read read only' })
  const relation = await findRelation(connection, request.read)
  const columns = chosen(relation, request.fields)
  const select = selectText(connection, relation, columns, request)
  const known =
    request.previous === undefined || request.since
      ? undefined
      : await fingerprint(connection, select, { object: relation.object, columns })
  const unchanged = known !== undefined && known.token === request.previous
  const digest = request.digests === true ? digestOf(connection, select, columns) : undefined
  const reading: Reading = { connection, request, relation, columns, select, known, digest }
  let finished: ListingEnd | undefined = unchanged ? await finish(reading) : undefined

  return {
    unchanged,
    ...(unchanged ? { unchangedBy: 'fingerprint' } : {}),
    ...(known ? { declared: known.rows } : {}),
    fields: columns.map((column) => column.name),
    ...(digest ? { digestedBy: digest.kind } : {}),
    copy: connection.server.binary
      ? { format: 'binary', types: columns.map(binaryType), ...(digest ? { digested: true } : {}) }
      : { format: 'text', encoding: 'UTF8' },
    decode: decoder(connection, columns),
    async *batches() {
      const copied = yield* copy(reading)
      finished = await finish(reading, copied)
    },
    end: () => finished ?? { complete: false, reason: 'the reading was not finished' },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  }
}

interface Reading {
  readonly connection: Connection
  readonly request: ListRequest
  readonly relation: Relation
  readonly columns: readonly Column[]
  /** The SELECT whose rows are the records. */
  readonly select: string
  /** Of the same snapshot, where it was needed before the first record. */
  readonly known: Fingerprint | undefined
  /** How the server makes the digests of the records, where it does. */
  readonly digest: ReturnType<typeof digestOf>
}

/** The asked-for columns that exist, in the order asked for; all of them where none is asked for. */
function chosen(relation: Relation, fields: readonly string[]): readonly Column[] {
  if (fields.length === 0) return relation.columns
  return fields.flatMap((field) => relation.columns.find((column) => column.name === field) ?? [])
}

function decoder(connection: Connection, columns: readonly Column[]) {
  const names = columns.map((column) => column.name)
  return connection.server.binary
    ? tupleDecoder(names, columns.map(binaryType))
    : lineDecoder(
        names,
        columns.map((column) => column.type === 16),
      )
}

function selectText(
  connection: Connection,
  relation: Relation,
  columns: readonly Column[],
  request: ListRequest,
): string {
  const list = columns.map((column) =>
    connection.server.binary ? selected(column) : pg.escapeIdentifier(column.name),
  )
  return `select ${list.join(', ')} from ${relation.from}${sinceText(connection, relation, request)}`
}

/** COPY takes no parameters: the value and the lag are quoted as literals and cast to the cursor's own type. */
function sinceText(connection: Connection, relation: Relation, request: ListRequest): string {
  if (!request.since) return ''
  const column = findColumn(connection, relation, request.since.field)
  const name = pg.escapeIdentifier(column.name)
  const from = `${pg.escapeLiteral(request.since.value)}::${column.sourceType}`
  const lag = request.since.lag ? ` - ${pg.escapeLiteral(request.since.lag)}::${lagType(column)}` : ''
  return ` where ${name} >= ${from}${lag} or ${name} is null`
}

/** A lag is a duration for dates and times, a distance for numbers. */
function lagType(column: Column): string {
  return [20, 21, 23, 1700].includes(column.type) ? 'numeric' : 'interval'
}

function findColumn(connection: Connection, relation: Relation, field: string): Column {
  const column = relation.columns.find((candidate) => candidate.name === field)
  if (column) return column
  const names = relation.columns.map((candidate) => candidate.name)
  throw new GuijiError('SOURCE_FIELD_UNKNOWN', {
    source: connection.undertaking.source,
    object: relation.object,
    field,
    nearest: nearestNames(field, names).join(', ') || '-',
  })
}

interface Copied {
  readonly seen: Seen
  /** What the server says it sent, in its own closing word. */
  readonly declared: bigint
}

async function* copy(reading: Reading): AsyncGenerator<Batch, Copied> {
  const { connection, relation, request, digest } = reading
  const select = digest?.select ?? reading.select
  const format: CopyFormat = connection.server.binary
    ? { cutter: cutTuples, framed: true, digested: digest !== undefined }
    : { cutter: cutLines, framed: false, digested: false }
  const seen: Seen = { records: 0, cutOff: false, digestSum: 0n }
  const options = connection.server.binary ? ' with (format binary)' : ''
  const stream = connection.client.query(
    to(`copy (${select}) to stdout${options}`, { highWaterMark: 4 << 20 }),
  )
  try {
    yield* batches(stream, format, seen)
    // The server's closing word is read after the last byte of data; asking once more waits for it.
    await connection.client.query('select 1')
  } catch (error) {
    request.signal.throwIfAborted()
    throw explain(error, { ...connection.undertaking, object: relation.object })
  }
  return { seen, declared: BigInt(stream.rowCount) }
}

/** What is known once the rows are through, read in their snapshot: is it all, and what to compare with next time. */
async function finish(reading: Reading, copied?: Copied): Promise<ListingEnd> {
  const { connection, request } = reading
  const missing = copied && shortfall(copied)
  if (missing) return { complete: false, reason: missing, declared: copied.declared }
  const cursor = request.cursor === undefined ? undefined : await highest(reading, request.cursor)
  const print = request.since ? undefined : (reading.known ?? (await printOf(reading, copied)))
  await connection.query({ text: 'commit' })
  const declared = print?.rows ?? copied?.declared
  return {
    complete: true,
    ...(print ? { token: print.token } : {}),
    ...(declared === undefined ? {} : { declared }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

/** The sum of digests that came with the records is the fingerprint; else it is asked for. */
async function printOf(reading: Reading, copied: Copied | undefined): Promise<Fingerprint> {
  const { connection, select, relation, columns, digest } = reading
  if (digest === undefined || copied === undefined)
    return await fingerprint(connection, select, { object: relation.object, columns })
  const rows = BigInt(copied.seen.records)
  return { rows, token: tokenOf('record', select, rows, copied.seen.digestSum) }
}

function shortfall({ seen, declared }: Copied): string | undefined {
  if (seen.cutOff) return 'the stream ended in the middle of a record'
  if (declared !== BigInt(seen.records)) return `the server sent ${declared} rows, ${seen.records} arrived`
  return undefined
}

/** The cursor's highest value as the source prints it; undefined where there is none. */
async function highest({ connection, relation }: Reading, field: string): Promise<string | undefined> {
  const name = pg.escapeIdentifier(findColumn(connection, relation, field).name)
  const { rows } = await connection.query<{ value: string }>(
    {
      text: `select ${name}::text as value from ${relation.from}
             where ${name} is not null order by ${name} desc limit 1`,
    },
    { object: relation.object },
  )
  return rows[0]?.value
}
