/**
 * What every connector must do, whatever it reads. A connector's own conformance test says how to set up a source
 * and calls `describeConnector`; see `csv.test.ts` for the whole of one.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Connector, ConnectorContext, Listing, Place } from '../../src/connector.ts'
import { openHandles, untitled } from './observing.ts'
import { errorText, type ReadRecord, readAll, requestFor } from './reading.ts'

/** A source set up for one test, with content that the test knows. */
export interface ConformanceSource extends AsyncDisposable {
  /** Relative paths of the config are below it. */
  readonly directory: string
  readonly config: Readonly<Record<string, unknown>>
  readonly read: Readonly<Record<string, unknown>>
  /** All fields of the source in its order, and all records, at least two, as they must be decoded. */
  readonly fields: readonly string[]
  readonly records: readonly (readonly (string | null)[])[]
  /** Changes the content, so that the next listing has to see it. */
  change(): Promise<void>
  /** Cuts the content off in the middle of a record or of what holds the records. Absent: it cannot be cut off. */
  truncate?(): Promise<void>
  /** Makes content of more than one batch, and says how many records `read` then has. */
  enlarge(): Promise<number>
  /** The source's own text of the record at a place. Absent: a place only has to be unlike every other. */
  textAt?(place: Place): Promise<string>
}

export interface Conformance {
  readonly connector: Connector
  setUp(): Promise<ConformanceSource>
  /** A config of the right shape that leads nowhere, and the secrets in it. */
  readonly unreachable: {
    readonly config: Readonly<Record<string, unknown>>
    readonly secrets: readonly string[]
  }
  /** False: the source has nothing by which it is recognised as unchanged. */
  readonly recognises?: boolean
}

/** No batch may be larger: the longest record that is kept and two blocks. */
const LARGEST_BATCH_BYTES = 24 * 1024 * 1024

export function describeConnector(conformance: Conformance): void {
  describe(`connector ${conformance.connector.kind}`, () => {
    describeWords(conformance)
    describeRecords(conformance)
    describeTokens(conformance)
    describeEnds(conformance)
  })
}

function describeWords({ connector, setUp, unreachable }: Conformance): void {
  it('is titled in both languages, and so is every property of its schemas', () => {
    expect(connector.title.en).not.toBe('')
    expect(connector.title.zh).toMatch(/\p{Script=Han}/u)
    for (const schema of [connector.configSchema, connector.readSchema])
      expect(untitled(schema, '')).toEqual([])
  })

  it('tests a good source with steps that all hold', async () => {
    await using source = await setUp()
    await using session = await connector.open(source.config, contextOf(source.directory))
    const steps = await Array.fromAsync(session.test())
    expect(steps.length).toBeGreaterThan(0)
    expect(steps.filter(({ ok }) => !ok)).toEqual([])
    for (const { name } of steps) expect(name.zh).not.toBe(name.en)
  })

  it('ends the test of a bad source at the first step that fails, with the error and its cause', async () => {
    await using source = await setUp()
    await using session = await connector.open(unreachable.config, contextOf(source.directory))
    const steps = await Array.fromAsync(session.test())
    expect(steps.map(({ ok }) => ok)).toEqual([...steps.slice(1).map(() => true), false])
    expect(steps.at(-1)).toMatchObject({ error: expect.any(Error), cause: expect.any(String) })
  })

  it('shows no secret in a step, an error or what caused it', async () => {
    await using source = await setUp()
    await using session = await connector.open(unreachable.config, contextOf(source.directory))
    const steps = await Array.fromAsync(session.test())
    const thrown = await session.list(requestFor(source.read, source.fields)).then(
      async (listing) => readAll(listing).catch((error: unknown) => error),
      (error: unknown) => error,
    )
    expect(thrown).toBeInstanceOf(Error)
    const shown = [...steps.map(({ detail, error }) => detail + errorText(error)), errorText(thrown)].join(
      '\n',
    )
    for (const secret of unreachable.secrets) expect(shown).not.toContain(secret)
  })

  it('discovers what can be read, each with a read that lists its fields', async () => {
    await using source = await setUp()
    await using session = await connector.open(source.config, contextOf(source.directory))
    const found = await Array.fromAsync(session.discover())
    expect(found.length).toBeGreaterThan(0)
    for (const { read, fields } of found) {
      const names = fields.map(({ name }) => name)
      await using listing = await session.list(requestFor(read, names))
      for (const name of names) expect(listing.fields).toContain(name)
      expect((await readAll(listing)).length).toBeGreaterThan(0)
    }
  })
}

function describeRecords({ connector, setUp }: Conformance): void {
  it('decodes every record to its fields in order, the same however often', async () => {
    await using opened = await openListing(connector, setUp)
    const { source, listing } = opened
    const at = source.fields.map((field) => listing.fields.indexOf(field))
    expect(at).toEqual([...at].sort((a, b) => a - b))
    const records = await readAll(listing)
    expect(records.map(({ fields }) => at.map((column) => fieldAt(fields, column)))).toEqual(source.records)
    for (const { fields, again } of records) expect(again).toEqual(fields)
  })

  it('gives batches whose records lie inside the bytes, in order, without overlapping', async () => {
    await using opened = await openListing(connector, setUp)
    const count = await opened.source.enlarge()
    await using listing = await opened.session.list(requestFor(opened.source.read, opened.source.fields))
    let records = 0
    for await (const { bytes, starts, ends, count: inBatch } of listing.batches()) {
      expect(bytes.length).toBeLessThanOrEqual(LARGEST_BATCH_BYTES)
      let last = 0
      let wrong = 0
      for (let i = 0; i < inBatch; i++) {
        const [start = -1, end = -1] = [starts[i], ends[i]]
        if (start < last || end < start || end > bytes.length) wrong++
        last = end
      }
      expect(wrong).toBe(0)
      records += inBatch
    }
    expect(records).toBe(count)
  })

  it('reads the same bytes of the same records a second time', async () => {
    await using opened = await openListing(connector, setUp)
    const { session, source, listing } = opened
    const first = await readAll(listing)
    await using again = await session.list(requestFor(source.read, source.fields))
    expect((await readAll(again)).map(({ raw }) => raw)).toEqual(first.map(({ raw }) => raw))
  })

  it('says of every record where it stands', async () => {
    await using opened = await openListing(connector, setUp)
    const { source, listing } = opened
    const records = await readAll(listing)
    expect(new Set(records.map(({ place }) => JSON.stringify(place))).size).toBe(records.length)
    expect(records.every(({ place }) => (place.index ?? place.line ?? 0) >= 1)).toBe(true)
    if (source.textAt === undefined) return
    for (const { place, raw } of records) expect(raw.toString()).toBe(await source.textAt(place))
  })
}

function describeTokens({ connector, setUp, recognises = true }: Conformance): void {
  if (!recognises) {
    it('gives no token where it recognises nothing', async () => {
      await using opened = await openListing(connector, setUp)
      await readAll(opened.listing)
      expect(opened.listing.end().token).toBeUndefined()
    })
    return
  }
  it('recognises what did not change by the token, and sees what did', async () => {
    await using opened = await openListing(connector, setUp)
    const { session, source, listing } = opened
    const before = await readAll(listing)
    const previous = listing.end().token
    expect(previous).toBeTypeOf('string')
    if (previous === undefined) return
    await using same = await session.list({ ...requestFor(source.read, source.fields), previous })
    expect(same).toMatchObject({ unchanged: true, unchangedBy: expect.any(String) })
    await source.change()
    await using other = await session.list({ ...requestFor(source.read, source.fields), previous })
    expect(other.unchanged).toBe(false)
    expect((await readAll(other)).map(({ raw }) => raw)).not.toEqual(before.map(({ raw }) => raw))
  })
}

function describeEnds({ connector, setUp }: Conformance): void {
  it('is complete at the true end and not before', async () => {
    await using opened = await openListing(connector, setUp)
    const { session, source } = opened
    await source.enlarge()
    await using listing = await session.list(requestFor(source.read, source.fields))
    let batches = 0
    for await (const _ of listing.batches()) {
      batches++
      expect(listing.end()).toMatchObject({ complete: false, reason: expect.any(String) })
      expect(listing.end().token).toBeUndefined()
    }
    expect(batches).toBeGreaterThan(1)
    expect(listing.end().complete).toBe(true)
  })

  it('never takes a source that is cut off for complete', async (test) => {
    await using source = await setUp()
    if (source.truncate === undefined) return test.skip()
    await source.truncate()
    await using session = await connector.open(source.config, contextOf(source.directory))
    const complete = await session.list(requestFor(source.read, source.fields)).then(
      async (listing) =>
        readAll(listing).then(
          () => listing.end().complete,
          () => false,
        ),
      () => false,
    )
    expect(complete).toBe(false)
  })

  it('stops within a second of the abort signal and leaves nothing open', async () => {
    await using source = await setUp()
    await source.enlarge()
    const before = openHandles()
    const stop = new AbortController()
    {
      await using session = await connector.open(source.config, contextOf(source.directory))
      await using listing = await session.list({
        ...requestFor(source.read, source.fields),
        signal: stop.signal,
      })
      const reading = abortAfterFirst(listing, stop)
      const late = wait(1000, 'late', { ref: false })
      const outcome = await Promise.race([reading.catch((error: unknown) => error), late])
      expect(outcome).not.toBe('late')
      expect(outcome).toBeInstanceOf(Error)
      expect(listing.end().complete).toBe(false)
    }
    await expect.poll(openHandles, { timeout: 2000 }).toBeLessThanOrEqual(before)
  })

  it.each(['by leaving its loop', 'without a word'])(
    'leaves nothing open when the reader goes away %s',
    async (how) => {
      await using source = await setUp()
      await source.enlarge()
      const before = openHandles()
      {
        await using session = await connector.open(source.config, contextOf(source.directory))
        await using listing = await session.list(requestFor(source.read, source.fields))
        const batches = listing.batches()[Symbol.asyncIterator]()
        await batches.next()
        if (how === 'by leaving its loop') await batches.return?.()
      }
      await expect.poll(openHandles, { timeout: 2000 }).toBeLessThanOrEqual(before)
    },
  )
}

async function abortAfterFirst(listing: Listing, stop: AbortController): Promise<void> {
  for await (const _ of listing.batches()) stop.abort()
}

/** A source, a session with it and a first listing, closed together. */
async function openListing(connector: Connector, setUp: Conformance['setUp']) {
  await using stack = new AsyncDisposableStack()
  const source = stack.use(await setUp())
  const session = stack.use(await connector.open(source.config, contextOf(source.directory)))
  const listing = stack.use(await session.list(requestFor(source.read, source.fields)))
  const moved = stack.move()
  return { source, session, listing, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

export function contextOf(directory: string): ConnectorContext {
  return {
    source: 'conformance',
    directory,
    politeness: { connections: 2 },
    outbound: { allow: ['127.0.0.1'], only: false },
    clock: () => performance.now(),
    sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
    random: () => 0.5,
    signal: new AbortController().signal,
  }
}

function fieldAt(fields: ReadRecord['fields'], at: number): unknown {
  return Array.isArray(fields) ? fields[at] : fields
}
