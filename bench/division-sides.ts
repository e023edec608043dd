import { createReadStream } from 'node:fs'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { stringify } from 'yaml'
import { connectors } from '../connectors/index.ts'
import { openEngine } from '../jobs/open-engine.ts'
import { runHarvest } from '../src/harvest/run.ts'
import { findTargets } from '../src/harvest/target.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { applyWorkspace } from '../src/workspace/apply-workspace.ts'
import { loadWorkspace } from '../src/workspace/load-workspace.ts'
import type { Side } from './measure.ts'

const columns = ['code', 'name', 'street_code', 'province_code', 'city_code', 'area_code'] as const
const fields = ['code', 'name', 'streetCode', 'provinceCode', 'cityCode', 'areaCode'] as const

interface Bench extends AsyncDisposable {
  readonly sides: readonly Side[]
  readonly serverVersion: string
}

/** Raw COPY and guiji's ways on one file, against one embedded store. */
export async function divisionSides(directory: string, file: string, rows: number): Promise<Bench> {
  const workspace = path.join(directory, 'workspace')
  const drop = path.join(workspace, 'drops', 'divisions.csv')
  await writeDocuments(workspace)
  const original = await readFile(file)
  const signal = new AbortController().signal
  const store = await openStore({ directory: workspace, signal })
  await migrate(store.pool)
  const loaded = await loadWorkspace(workspace, connectors)
  if (loaded.problems !== undefined) throw new Error(JSON.stringify(loaded.problems))
  const harvest = () => harvestOnce(store, workspace, rows)
  let touched = 1
  const touch = () => {
    touched += 1
    return utimes(drop, touched, touched)
  }
  const fresh = async () => {
    await emptyStore(store)
    await applyWorkspace(store.pool, loaded.workspace, { allowLoss: true, by: 'bench', now: new Date() })
    await writeFile(drop, original)
  }
  const shuffled = reversed(original)
  const sides: Side[] = [
    { name: 'raw COPY', prepare: () => makeRawTable(store), run: () => rawCopy(store, file) },
    { name: 'guiji, first load', prepare: fresh, run: harvest },
    { name: 'guiji, unchanged but touched', prepare: touch, run: harvest },
    { name: 'guiji, reordered', prepare: () => writeFile(drop, shuffled), run: harvest },
    { name: 'guiji, 1 % changed', prepare: () => writeFile(drop, onePercentChanged(original)), run: harvest },
  ]
  return {
    sides,
    serverVersion: store.serverVersion,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

async function harvestOnce(store: Store, directory: string, rows: number): Promise<void> {
  const engine = openEngine(store, { directory, emit: () => {} })
  const [target] = await findTargets(store.pool)
  if (target === undefined) throw new Error('nothing to harvest')
  const summary = await runHarvest(engine, target, { signal: new AbortController().signal })
  if (summary.state !== 'succeeded' || summary.heldAfter !== String(rows))
    throw new Error(JSON.stringify(summary))
}

async function makeRawTable(store: Store): Promise<void> {
  await store.pool.query(
    `drop table if exists public.raw; checkpoint;
     create table public.raw (code text primary key, name text, street_code text, province_code bigint,
       city_code text, area_code text)`,
  )
}

async function rawCopy(store: Store, file: string): Promise<void> {
  const client = await store.pool.connect()
  try {
    const into = client.query(
      copyFrom(`copy public.raw (${columns.join(', ')}) from stdin (format csv, header)`),
    )
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), into)
  } finally {
    client.release()
  }
}

async function emptyStore(store: Store): Promise<void> {
  await store.pool.query(
    `drop table if exists public.raw;
     drop schema guiji, store, gone, load, catalog cascade; drop schema if exists bench cascade; checkpoint`,
  )
  await migrate(store.pool)
}

function reversed(bytes: Buffer): string {
  const [header = '', ...lines] = bytes.toString('utf8').trimEnd().split('\n')
  return `${[header, ...lines.reverse()].join('\n')}\n`
}

function onePercentChanged(bytes: Buffer): string {
  const lines = bytes.toString('utf8').trimEnd().split('\n')
  return `${lines.map((line, at) => (at % 100 === 1 ? line.replace('",', '改",') : line)).join('\n')}\n`
}

async function writeDocuments(workspace: string): Promise<void> {
  const item = (code: string, at: number) => ({
    code,
    name: fields[at] ?? code,
    type: code === 'province_code' ? 'integer' : 'text',
    ...(at === 0 ? { key: true, semantic: 'division' } : { required: true }),
  })
  const dataset = {
    code: 'divisions',
    name: '村级行政区划',
    format: 'text',
    sharing: { type: 'unconditional', methods: ['file'], conditions: '无' },
    grading: { class: '公共数据', level: 'general' },
    commitment: 'monthly',
    items: columns.map(item),
    rules: [{ name: 'parent', sql: 'left(code, 9) = street_code and left(code, 6) = area_code' }],
  }
  const items = Object.fromEntries(columns.map((code, at) => [code, fields[at]]))
  const documents: Record<string, unknown> = {
    'guiji.yaml': { name: 'bench' },
    'catalog/bench.yaml': { department: { code: 'bench', name: 'bench' }, datasets: [dataset] },
    'sources/drops.yaml': {
      source: { code: 'drops', name: 'drops', department: 'bench', kind: 'csv', config: { root: 'drops' } },
    },
    'harvests/bench.yaml': {
      harvests: [{ dataset: 'divisions', source: 'drops', read: { file: 'divisions.csv' }, items }],
    },
  }
  for (const [name, content] of Object.entries(documents)) {
    const target = path.join(workspace, name)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, stringify(content))
  }
  await mkdir(path.join(workspace, 'drops'), { recursive: true })
}
