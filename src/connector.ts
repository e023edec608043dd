/**
 * The contract between guiji and the code that reads one kind of source system.
 *
 * Words: a **source** is one department system; a **session** is an open conversation with it; a **listing** is
 * one reading of one thing in it (a table, a query, files, a paged resource); a **batch** is a run of raw records,
 * kept as the bytes the source gave; a **record** is one row as bytes; **decoding** turns one raw record into
 * field texts. Decoding is asked for only where a record is new or changed: what an unchanged listing costs is
 * reading and digesting bytes, nothing else.
 *
 * A connector knows nothing of datasets, items, mappings, the store or retries of a run. It never touches the
 * database, never reads the environment, and never swallows an error: what stops it is thrown as a `GuijiError`,
 * what is wrong with one record is returned as an `Issue`.
 */

import type { Cause } from './errors/table.ts'

export interface Text {
  readonly en: string
  readonly zh: string
}

/** A JSON Schema (draft 2020-12). A property with `"secret": true` may only hold a secret reference. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface Connector {
  /** Stable id, written in source documents: `csv`, `postgres`, … */
  readonly kind: string
  readonly title: Text
  /** Schema of `config` in a source document. Every property has `title` (English) and `title:zh`. */
  readonly configSchema: JsonSchema
  /** Schema of `read` in a harvest document. */
  readonly readSchema: JsonSchema
  /** Opens a conversation. Connecting lazily is allowed; what fails is thrown here or at first use. */
  open(config: Readonly<Record<string, unknown>>, context: ConnectorContext): Promise<SourceSession>
}

/** Where connections may go beyond public addresses. */
export interface OutboundRules {
  /** Addresses, ranges (CIDR) and host names (`*.` before one: all names below it). */
  readonly allow: readonly string[]
  /** True: nowhere else, public addresses included. */
  readonly only: boolean
}

/** What a connector gets from outside. All of it is passed in, so that a connector is testable alone. */
export interface ConnectorContext {
  /** Code of the source, for messages. */
  readonly source: string
  /** Relative paths are resolved below this directory. */
  readonly directory: string
  readonly politeness: { readonly connections: number; readonly requestsPerSecond?: number }
  /** Where an HTTP source may lie; absent: at public addresses only. */
  readonly outbound?: OutboundRules
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** In [0, 1). */
  readonly random: () => number
  readonly signal: AbortSignal
}

export interface SourceSession extends AsyncDisposable {
  /** Ordered steps of "can we read this?": name resolution, connection, sign-in, permission. Stops at the first that fails. */
  test(): AsyncIterable<TestStep>
  /** What can be read here, with its fields as the source declares or shows them. */
  discover(): AsyncIterable<Discovered>
  /** Opens one reading. Cheap: what is known before the first record (token, fields, declared count) is known after it. */
  list(request: ListRequest): Promise<Listing>
}

export interface TestStep {
  readonly name: Text
  readonly ok: boolean
  /** What was found: address, version, status, bytes. */
  readonly detail: string
  readonly milliseconds: number
  readonly error?: Error
  readonly cause?: Cause
}

export interface Discovered {
  readonly name: string
  readonly title?: string
  /** The `read` that reads exactly this. */
  readonly read: Readonly<Record<string, unknown>>
  readonly fields: readonly DiscoveredField[]
  /** An estimate is never given here: absent means unknown. */
  readonly rows?: bigint
}

export interface DiscoveredField {
  readonly name: string
  readonly title?: string
  /** The type as the source names it. */
  readonly sourceType: string
  /** The nearest item type. */
  readonly type:
    | 'text'
    | 'integer'
    | 'decimal'
    | 'boolean'
    | 'date'
    | 'time'
    | 'datetime'
    | 'instant'
    | 'uuid'
    | 'json'
  readonly nullable: boolean
  readonly key: boolean
}

export interface ListRequest {
  /** Validated against `readSchema`. */
  readonly read: Readonly<Record<string, unknown>>
  /** Source fields that will be decoded; a connector may leave the others unread. */
  readonly fields: readonly string[]
  /** Token of the last complete reading whose result stands; absent on the first. */
  readonly previous?: string
  /** Read only what is new since `previous` where the source has such a notion (new files). Append mode. */
  readonly onlyNew: boolean
  /** Records whose cursor is at or after this value, or NULL. The value is the source's own text. */
  readonly since?: { readonly field: string; readonly value: string; readonly lag?: string }
  /** Digests that the source makes of its records itself are welcome: see `Batch.digests`. */
  readonly digests?: boolean
  /** Cursor field whose highest value the listing must report, when reading incrementally. */
  readonly cursor?: string
  readonly signal: AbortSignal
}

export interface Listing extends AsyncDisposable {
  /** True: the source is exactly what it was at `previous`; `batches` will not be called. */
  readonly unchanged: boolean
  /** How that was found: `etag`, `mtime+size`, `digest`, … */
  readonly unchangedBy?: string
  /** Field names in the order of `decode`'s answer. */
  readonly fields: readonly string[]
  /** When the source says its content is from (file time, Last-Modified); absent where it says nothing. */
  readonly publishedAt?: Date
  /** What that is taken from: `file-time`, `last-modified`, `manifest`, … */
  readonly publishedBy?: string
  /** Bytes to come, for progress; absent where unknown. */
  readonly bytes?: number
  /** Records to come, as the source itself declares them; absent where it does not. */
  readonly declared?: bigint
  /** How raw records may be given to `COPY … FROM STDIN` as they are; absent: they must be decoded. */
  readonly copy?: CopyDialect
  /** How the source made `Batch.digests`: made in another way they are others. Absent: it made none. */
  readonly digestedBy?: string
  /** The records, in the source's order. May be called once. A batch's buffers are not touched once it is given, until it is released. */
  batches(): AsyncIterable<Batch>
  /** The fields of record `index` of `batch`, or what is wrong with it. Pure, never throws for bad data. */
  decode(batch: Batch, index: number): readonly (string | null)[] | Issue
  /** After the last batch: whether the listing is proven complete, and the token to compare with next time. */
  end(): ListingEnd
}

export interface ListingEnd {
  /** True only if the source itself showed that nothing is missing (end of file, last page, end of cursor). */
  readonly complete: boolean
  /** Why it is not complete. */
  readonly reason?: string
  /** Opaque; compared by the connector only. Absent: the source cannot be recognised as unchanged. */
  readonly token?: string
  /** What the source said it would give, where only the end tells. */
  readonly declared?: bigint
  /** Highest cursor value seen, as the source's own text at full precision. */
  readonly cursor?: string
}

/** Raw records: `bytes[starts[i] … ends[i])` is record i, without its separator. Records ascend and do not overlap. */
export interface Batch {
  readonly bytes: Buffer
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly count: number
  /** Records that COPY would read otherwise than `decode` does (a stray quote); such a batch is decoded. */
  readonly irregular?: readonly number[]
  /** 64-bit digests of the records, where the source made them: equal records have equal ones, others hardly ever. */
  readonly digests?: BigInt64Array
  place(index: number): Place
  /** Says that the batch is needed no more: its memory may serve again. May be left out, and left uncalled. */
  release?(): void
}

/** Where a record stands in its source. Lines, pages and indexes count from 1. */
export interface Place {
  readonly file?: string
  /** Physical line on which the record starts. */
  readonly line?: number
  readonly page?: number
  readonly sheet?: string
  /** Ordinal of the record in its file, page or result. */
  readonly index?: number
}

/** Why a record does not fit: data, not an exception. */
export interface Issue {
  readonly reason: IssueReason
  /** Source field or item concerned. */
  readonly column?: string
  /** The offending value, cut to 200 characters. */
  readonly value?: string
  readonly message: string
}

export type IssueReason =
  | 'ragged' // more or fewer fields than the header
  | 'malformed' // the record's own syntax is broken
  | 'encoding' // bytes that are not valid in the declared encoding
  | 'nul' // a NUL character
  | 'type'
  | 'required'
  | 'pattern'
  | 'enum'
  | 'range'
  | 'length'
  | 'semantic'
  | 'rule'
  | 'key-missing'
  | 'key-conflict' // the key occurs twice with different content
  | 'oversize'

export function isIssue(value: readonly (string | null)[] | Issue): value is Issue {
  return !Array.isArray(value)
}

/** How PostgreSQL's own COPY reads these raw records. */
export interface CopyDialect {
  readonly format: 'csv' | 'text' | 'binary'
  readonly delimiter?: string
  readonly quote?: string
  readonly escape?: string
  /** PostgreSQL encoding name, e.g. `UTF8`, `GB18030` is not a server encoding but a client one: allowed here. */
  readonly encoding?: string
  /** binary: the PostgreSQL type name of each field; the engine passes bytes through only where all agree. */
  readonly types?: readonly string[]
  /** binary: each record already has its digest as an int8 field behind the fields. */
  readonly digested?: boolean
}
