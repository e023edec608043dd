import { createHash } from 'node:crypto'
import type { RunEvent, RunSummary } from '../harvest/run-events.ts'

/** What is known of a run's dataset and source besides the run's own numbers. */
export interface LineageFacts {
  readonly run: string
  readonly dataset: string
  readonly department: string
  readonly source: string
  readonly sourceKind: string
  readonly startedAt: Date
  readonly slotAt: Date | null
  readonly published: boolean
  readonly bytes: bigint
  readonly items: readonly { readonly code: string; readonly name: string; readonly type: string }[]
}

export interface LineageOptions {
  readonly namespace: string
  readonly version: string
}

const spec = 'https://openlineage.io/spec'

/**
 * An OpenLineage run event (spec 2-0-2) of a run that began or ended; undefined where the event is neither. A count
 * is a bigint: `lineageJson` writes it as a whole number with all its digits.
 *
 * A run that ended without a published result is FAIL, or ABORT where a person decides or decided: waiting for
 * approval, refused, cancelled. The accounts go into the facet `guiji_accounts`, as decimal strings.
 */
export function lineageEvent(
  event: RunEvent,
  facts: LineageFacts,
  options: LineageOptions,
): object | undefined {
  if (event.event === 'started')
    return runEvent({ type: 'START', at: facts.startedAt.toISOString(), facts, options })
  if (event.event !== 'finished') return undefined
  const ended = facts.startedAt.getTime() + event.seconds * 1000
  const at = new Date(ended).toISOString()
  return runEvent({ type: endingOf(event.state, facts.published), at, facts, options, summary: event })
}

function endingOf(state: string, published: boolean): 'COMPLETE' | 'FAIL' | 'ABORT' {
  if (state === 'succeeded' || published) return 'COMPLETE'
  return ['awaiting-approval', 'refused', 'cancelled'].includes(state) ? 'ABORT' : 'FAIL'
}

function runEvent(about: {
  readonly type: string
  readonly at: string
  readonly facts: LineageFacts
  readonly options: LineageOptions
  readonly summary?: RunSummary
}): object {
  const { type, at, facts, options, summary } = about
  const facet = facetMaker(options)
  return {
    eventType: type,
    eventTime: at,
    producer: producerOf(options),
    schemaURL: `${spec}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: { runId: runIdOf(facts, options), facets: runFacets(facts, summary, facet) },
    job: { namespace: options.namespace, name: `harvest.${facts.dataset}`, facets: {} },
    inputs: [inputOf(facts, summary, facet)],
    outputs: [outputOf(facts, summary, { facet, namespace: options.namespace })],
  }
}

type Facet = (schema: string, content: object) => object

/** Every facet names who made it and by which schema (BaseFacet). */
function facetMaker(options: LineageOptions): Facet {
  return (schema, content) => ({ _producer: producerOf(options), _schemaURL: schema, ...content })
}

function producerOf({ version }: LineageOptions): string {
  return `urn:guiji:${version}`
}

function runFacets({ run, slotAt }: LineageFacts, summary: RunSummary | undefined, facet: Facet): object {
  const error = summary?.error
  return {
    guiji_run: facet('urn:guiji:facet:run', {
      run,
      state: summary?.state ?? 'running',
      cause: summary?.cause ?? null,
    }),
    ...(slotAt === null
      ? {}
      : {
          nominalTime: facet(`${spec}/facets/1-0-1/NominalTimeRunFacet.json`, {
            nominalStartTime: slotAt.toISOString(),
          }),
        }),
    ...(error === undefined
      ? {}
      : {
          errorMessage: facet(`${spec}/facets/1-0-1/ErrorMessageRunFacet.json`, {
            message: `${error.code}: ${error.fact}`,
            programmingLanguage: 'TypeScript',
          }),
        }),
  }
}

function inputOf(
  { source, sourceKind, dataset, bytes }: LineageFacts,
  summary: RunSummary | undefined,
  facet: Facet,
) {
  const statistics = { rowCount: BigInt(summary?.read ?? 0), size: bytes }
  const inputFacets =
    summary === undefined
      ? {}
      : { inputStatistics: facet(`${spec}/facets/1-0-0/InputStatisticsInputDatasetFacet.json`, statistics) }
  return { namespace: `${sourceKind}://${source}`, name: dataset, facets: {}, inputFacets }
}

function outputOf(
  { department, dataset, items }: LineageFacts,
  summary: RunSummary | undefined,
  { facet, namespace }: { readonly facet: Facet; readonly namespace: string },
): object {
  const fields = items.map(({ code, name, type }) => ({ name: code, type, description: name }))
  const schema = facet(`${spec}/facets/1-1-1/SchemaDatasetFacet.json`, { fields })
  const named = { namespace, name: `${department}.${dataset}` }
  if (summary === undefined) return { ...named, facets: { schema }, outputFacets: {} }
  const { read, accepted, rejected, duplicate, inserted, updated, unchanged, deleted, restored } = summary
  const accounts = { read, accepted, rejected, duplicate, inserted, updated, unchanged, deleted, restored }
  const held = { heldBefore: summary.heldBefore, heldAfter: summary.heldAfter }
  return {
    ...named,
    facets: { schema, guiji_accounts: facet('urn:guiji:facet:accounts', { ...accounts, ...held }) },
    outputFacets: {
      outputStatistics: facet(`${spec}/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json`, {
        rowCount: BigInt(inserted) + BigInt(updated),
      }),
    },
  }
}

/** The same UUID (version 8, RFC 9562 §5.8) for every event of a run, another one in every other workspace. */
function runIdOf({ run, startedAt }: LineageFacts, { namespace }: LineageOptions): string {
  const digest = createHash('sha256').update(`${namespace}\n${run}\n${startedAt.toISOString()}`).digest()
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6)
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = digest.toString('hex', 0, 16)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
