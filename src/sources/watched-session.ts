import type { Batch, Listing, SourceSession, TestStep } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import type { Circuit, CircuitState } from './circuit.ts'

/** What surrounds the readings of one source. */
export interface SourceWatch {
  /** Code of the source. */
  readonly source: string
  readonly circuit: Circuit
  /** Who answers for the source in its department, for the hints of errors; empty where nobody is named. */
  readonly contact: string
  readonly clock: () => number
  /** Keeps a changed state where others can see it. */
  readonly record: (state: CircuitState) => Promise<void>
}

/**
 * Opens a session unless the source is being left alone, and tells the circuit how its readings go.
 *
 * @throws GuijiError SOURCE_LEFT_ALONE while the circuit is open, with the cause of the failure that opened it
 */
export async function openWatched(
  open: () => Promise<SourceSession>,
  watch: SourceWatch,
): Promise<SourceSession> {
  if (!watch.circuit.admit(watch.clock())) throw leftAlone(watch)
  return watchSession(await told(watch, open), watch)
}

function watchSession(session: SourceSession, watch: SourceWatch): SourceSession {
  return {
    test: () => watchTest(session.test(), watch),
    discover: () => session.discover(),
    list: (request) =>
      told(watch, async () => {
        const listing = await session.list(request)
        await answered(watch)
        return watchListing(listing, watch)
      }),
    async [Symbol.asyncDispose]() {
      watch.circuit.abandoned()
      await session[Symbol.asyncDispose]()
    },
  }
}

/** Everything a listing has stays as it is but the way its batches come. */
function watchListing(listing: Listing, watch: SourceWatch): Listing {
  const batches = listing.batches.bind(listing)
  return Object.assign(listing, { batches: () => watchBatches(batches(), watch) })
}

async function* watchBatches(batches: AsyncIterable<Batch>, watch: SourceWatch): AsyncGenerator<Batch> {
  try {
    yield* batches
  } catch (error) {
    throw await failed(watch, error)
  }
}

async function* watchTest(steps: AsyncIterable<TestStep>, watch: SourceWatch): AsyncGenerator<TestStep> {
  for await (const step of steps) {
    const { error } = step
    yield error instanceof GuijiError ? { ...step, error: withContact(error, watch.contact) } : step
  }
}

async function told<Value>(watch: SourceWatch, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw await failed(watch, error)
  }
}

async function answered({ circuit, record }: SourceWatch): Promise<void> {
  if (circuit.answered()) await kept(record(circuit.state))
}

/** The error to throw on, once the circuit knows of it. */
async function failed({ circuit, contact, clock, record }: SourceWatch, error: unknown): Promise<unknown> {
  if (!(error instanceof GuijiError)) return error
  if (circuit.failed(error, clock())) await kept(record(circuit.state))
  return withContact(error, contact)
}

/** A store that cannot be written to must not hide what is wrong with the source: the run finds it out soon enough. */
async function kept(recording: Promise<void>): Promise<void> {
  await recording.catch(() => undefined)
}

/** `contact` in the texts of an error: ` (李四 0318-1234567)`. */
function withContact(error: GuijiError, contact: string): GuijiError {
  if (contact === '' || error.details.contact !== undefined) return error
  return new GuijiError(error.code, { ...error.details, contact: ` (${contact})` }, { cause: error.cause })
}

function leftAlone({ source, circuit, clock }: SourceWatch): GuijiError {
  const { failures, code, cause, until = clock() } = circuit.state
  const seconds = Math.max(1, Math.ceil((until - clock()) / 1000))
  const details = { source, failures, code, seconds }
  return new GuijiError('SOURCE_LEFT_ALONE', details, cause === undefined ? {} : { blame: cause })
}
