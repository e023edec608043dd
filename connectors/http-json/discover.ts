import type { Discovered } from '../../src/connector.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { askedFor, type HttpClient } from '../../src/http/client.ts'
import { refuseNonJson } from '../../src/http/refusal.ts'
import { guessFields } from '../../src/records/guess-type.ts'
import { decodeJsonRecord, jsonFieldNames } from '../../src/records/json-fields.ts'
import { addressOf, type Config } from './config.ts'
import { cutPage, type Page } from './page.ts'

/** Records looked at to see names and types of fields. */
const sampleSize = 100

/** Looks at the configured paths, or at the base address, and shows every list of objects in their answers. */
export async function* discoverLists(
  config: Config,
  client: HttpClient,
  signal: AbortSignal,
): AsyncGenerator<Discovered> {
  for (const path of config.discover.length > 0 ? config.discover : ['']) {
    const answer = await client.get(addressOf(config.base, path, {}), {}, signal)
    refuseNonJson(answer.body, answer.header('content-type'), askedFor(config.http, answer.url))
    const lists = listPaths(parse(config, answer.body))
    for (const records of lists) yield shown(cutPage(config, answer, 1, records), path, records)
  }
}

function parse(config: Config, body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const details = { source: config.http.source, url: config.base.href, found: 'broken JSON', detail }
    throw new GuijiError('SOURCE_NOT_JSON', details, { cause: error })
  }
}

/** How deep lists are looked for. */
const deepest = 4

/** Paths of the arrays of objects, the least deep first. */
export function listPaths(value: unknown): readonly string[] {
  const found: string[] = []
  let level: readonly (readonly [string, unknown])[] = [['', value]]
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    for (const [path, inner] of level) {
      if (Array.isArray(inner) && inner.some((element) => typeof element === 'object' && element !== null)) {
        found.push(path)
      }
    }
    level = level.flatMap(([path, inner]) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.entries(inner).map(([key, next]) => [path === '' ? key : `${path}.${key}`, next] as const)
        : [],
    )
  }
  return found
}

function shown(page: Page, path: string, records: string): Discovered {
  const sample = Array.from({ length: Math.min(page.count, sampleSize) }, (_, index) =>
    page.body.subarray(page.starts[index], page.ends[index]),
  )
  const names = [...new Set(sample.flatMap((record) => jsonFieldNames(record)))]
  const decoded = sample
    .map((record) => decodeJsonRecord(record, names))
    .filter((fields) => Array.isArray(fields))
  return {
    name: [path, records].filter((part) => part !== '').join(' ') || '/',
    read: { path, records },
    fields: guessFields(names, decoded),
  }
}
