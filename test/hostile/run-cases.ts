import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { SourceDocument } from '../../catalog-schema/documents/documents.ts'
import type { RunSummary } from '../../src/harvest/run-events.ts'
import { faultsOf, openRejects } from '../integration/harvest/books.ts'
import { type City, city, datasetOf, harvestOf } from '../integration/harvest/city.ts'
import type { HostileCase } from './corpus/hostile-case.ts'

/** What became of one case: the run, the reasons of its rejects, and whatever should not be. */
export interface Outcome {
  readonly state: string
  readonly read: string
  readonly accepted: string
  readonly rejected: string
  readonly duplicate: string
  /** Code of the error, or the cause of a run that ended without one. */
  readonly code: string
  readonly reasons: readonly string[]
  readonly faults: readonly string[]
}

const endings = { csv: 'csv', json: 'json', excel: 'xlsx', 'http-json': '' } as const
const sourceOf = { csv: 'files', json: 'records', excel: 'books', 'http-json': 'api' } as const

/** A city in which every case is a dataset of its own. */
export interface HostileCity extends AsyncDisposable {
  readonly town: City
  codeOf(one: HostileCase): string
  /** Harvests the case. */
  run(one: HostileCase): Promise<Outcome>
}

export async function hostileCity(cases: readonly HostileCase[]): Promise<HostileCity> {
  const codes = new Map(cases.map((one, at) => [one.name, `case_${at}`]))
  const codeOf = (one: HostileCase) => codes.get(one.name) ?? ''
  const server = await answering(cases, codeOf)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const api = (idleSeconds: number, totalSeconds: number) => ({
    baseUrl: `http://127.0.0.1:${port}`,
    retries: 1,
    idleSeconds,
    totalSeconds,
    maxPageMebibytes: 1,
  })
  const books = sourceDocument('books', 'excel', { root: 'drops' })
  const town = await city({
    sources: [
      books,
      sourceDocument('api', 'http-json', api(30, 60)),
      sourceDocument('slow', 'http-json', api(1, 2)),
    ],
  })
  const fieldsOf = (one: HostileCase) => one.fields ?? ['a', 'b']
  await town.apply(
    cases.map((one) =>
      datasetOf(
        codeOf(one),
        fieldsOf(one).map((_, at) => ({
          code: `f${at}`,
          type: 'text',
          key: at === 0 && one.fields === undefined,
        })),
      ),
    ),
    cases.map((one) =>
      harvestOf(codeOf(one), readOf(one, codeOf(one)), {
        source: one.isSlow ? 'slow' : sourceOf[one.kind],
        items: Object.fromEntries(fieldsOf(one).map((from, at) => [`f${at}`, { from }])),
      }),
    ),
  )
  return {
    town,
    codeOf,
    async run(one) {
      const code = codeOf(one)
      if (one.content) await town.write(`${code}.${endings[one.kind]}`, Buffer.from(await one.content()))
      return await outcomeOf(town, code, await town.harvest(code))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await town[Symbol.asyncDispose]()
    },
  }
}

function sourceDocument(
  code: string,
  kind: string,
  config: Readonly<Record<string, unknown>>,
): SourceDocument {
  return { code, name: code, department: 'dsj', kind, config, politeness: { connections: 1 } }
}

function readOf(one: HostileCase, code: string): Readonly<Record<string, unknown>> {
  if (one.kind === 'http-json') return { path: `/${code}`, records: '', ...one.read }
  return { file: `${code}.${endings[one.kind]}`, ...one.read }
}

async function answering(cases: readonly HostileCase[], codeOf: HostileCity['codeOf']): Promise<Server> {
  const answers = new Map(cases.map((one) => [`/${codeOf(one)}`, one.answer]))
  const asked = new Map<string, number>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://host')
    const nth = (asked.get(url.pathname) ?? 0) + 1
    asked.set(url.pathname, nth)
    const answer = answers.get(url.pathname)
    if (answer) answer(response, nth, url)
    else response.writeHead(302, { location: '/round' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export async function outcomeOf(town: City, code: string, summary: RunSummary): Promise<Outcome> {
  const { pool } = town.database
  const rejects = await openRejects(pool, code)
  const { state, read, accepted, rejected, duplicate, error, cause } = summary
  return {
    state,
    read,
    accepted,
    rejected,
    duplicate,
    code: error?.code ?? cause ?? '',
    reasons: [...new Set(rejects.map(({ reason }) => reason))].sort(),
    faults: [...(await faultsOf(pool, code)), ...imbalance(summary)],
  }
}

/** What of a run that succeeded does not add up. */
function imbalance(run: RunSummary): string[] {
  if (run.state !== 'succeeded') return []
  const n = (text: string) => BigInt(text)
  const sums: [string, bigint, bigint][] = [
    ['read', n(run.read), n(run.accepted) + n(run.rejected) + n(run.duplicate)],
    ['accepted', n(run.accepted), n(run.inserted) + n(run.updated) + n(run.unchanged)],
    ['held', n(run.heldAfter), n(run.heldBefore) + n(run.inserted) + n(run.restored) - n(run.deleted)],
  ]
  return sums
    .filter(([, told, summed]) => told !== summed)
    .map(([name, told, summed]) => `${name}: ${told} is not ${summed}`)
}
