import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  HarvestDocument,
  SourceDocument,
  Workspace,
} from '../../../catalog-schema/documents/documents.ts'
import { connectors } from '../../../connectors/index.ts'
import { mix } from '../../../examples/hengshui/generator/hash.ts'
import { lifeOf } from '../../../examples/hengshui/generator/life.ts'
import { listingOn } from '../../../examples/hengshui/generator/listing.ts'
import { recordReader } from '../../../examples/hengshui/generator/records.ts'
import { datasets } from '../../../examples/hengshui/list/the-list.ts'
import type { Dataset, Item } from '../../../examples/hengshui/list/types.ts'
import { type RunningSources, startSources } from '../../../examples/hengshui/systems/start-sources.ts'
import { writeWorkspace } from '../../../examples/hengshui/writing/write-workspace.ts'
import { isIssue } from '../../../src/connector.ts'
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts'

const scale = 8_000
const signal = new AbortController().signal
let directory = ''
let sources: RunningSources
let workspace: Workspace | undefined

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'guiji-hengshui-'))
  sources = await startSources({ directory: join(directory, 'sources'), scale, day: 2, signal })
  await writeWorkspace(join(directory, 'workspace'), sources.addresses)
  workspace = (await loadWorkspace(join(directory, 'workspace'), connectors)).workspace
})
afterAll(async () => {
  await sources[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

let chances = 0

/** Never the same twice, so that no signature is. */
function chance(): number {
  chances += 1
  return mix(chances, 1) / 2 ** 32
}

/** Secret references replaced by what the running sources say they are. */
function withSecrets(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('env:')) return sources.environment[value.slice(4)]
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withSecrets(inner)]))
}

function connect(source: SourceDocument) {
  const connector = connectors.find((one) => one.kind === source.kind)
  if (connector === undefined) throw new TypeError(`no connector ${source.kind}`)
  return connector.open(
    { ...(withSecrets(source.config) as object) },
    {
      source: source.code,
      directory: join(directory, 'workspace'),
      politeness: source.politeness,
      outbound: { allow: ['127.0.0.1'], only: false },
      clock: Date.now,
      sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
      random: chance,
      signal,
    },
  )
}

/** Everything a harvest reads, as texts in the order of the dataset's items; a broken record is `ragged`. */
async function harvested(
  dataset: Dataset,
  source: SourceDocument,
  harvest: HarvestDocument,
): Promise<string[]> {
  await using session = await connect(source)
  const fields = dataset.items.map((item) => harvest.items[item.code]?.from ?? item.code)
  await using listing = await session.list({ read: harvest.read, fields, onlyNew: false, signal })
  const places = fields.map((field) => listing.fields.indexOf(field))
  const records: string[] = []
  for await (const batch of listing.batches()) {
    for (let index = 0; index < batch.count; index += 1) {
      const record = listing.decode(batch, index)
      if (isIssue(record)) records.push(record.reason)
      else records.push(dataset.items.map((item, i) => plain(item, record[places[i] ?? -1] ?? '')).join('|'))
    }
  }
  expect(listing.end().complete).toBe(true)
  return records.sort()
}

function generated(dataset: Dataset): string[] {
  const life = lifeOf(dataset, scale)
  const read = recordReader(life, 2, dataset.source.kind === 'csv' ? dataset.source.dates : 'iso')
  const records = [...listingOn(life, 2)].map((entry) => {
    const { values, ragged } = read(entry)
    return ragged ? 'ragged' : dataset.items.map((item, i) => plain(item, values[i] ?? '')).join('|')
  })
  return records.sort()
}

/** One way of writing for what systems write differently but mean the same. */
function plain(item: Item, text: string): string {
  if (item.type === 'datetime')
    return text
      .replace('T', ' ')
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
  if (item.type === 'decimal' && text.includes('.')) return text.replace(/\.?0+$/, '')
  if (item.type === 'boolean') return { t: 'true', f: 'false', 是: 'true', 否: 'false' }[text] ?? text
  return text
}

describe('a connector reads, by the harvest of the workspace, exactly what was generated', () => {
  test.each(datasets)('$code from $source.kind', async (dataset) => {
    const source = workspace?.sources.find((one) => one.code === dataset.sourceCode)
    const harvest = workspace?.harvests.find((one) => one.dataset === dataset.code)
    if (source === undefined || harvest === undefined) throw new TypeError('not in the workspace')
    expect(await harvested(dataset, source, harvest)).toEqual(generated(dataset))
  })
})
