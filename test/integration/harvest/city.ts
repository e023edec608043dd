import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type {
  DatasetDocument,
  HarvestDocument,
  ItemDocument,
  ItemMapping,
  SourceDocument,
  Workspace,
} from '../../../catalog-schema/documents/documents.ts'
import type { HarvestEngine, RunOptions } from '../../../src/harvest/run.ts'
import type { RunEvent, RunSummary } from '../../../src/harvest/run-events.ts'
import { applyWorkspace } from '../../../src/workspace/apply-workspace.ts'
import { expandSettings } from '../../../src/workspace/expand-catalog.ts'
import { type TestDatabase, testDatabase } from '../../setup/database.ts'
import { engineOf, harvestOnce } from './engine.ts'

export type CityDataset = DatasetDocument & { readonly department: string }

/** A store and a folder of files, a city of one department; its list and its files are what the test says. */
export interface City extends AsyncDisposable {
  readonly database: TestDatabase
  readonly directory: string
  readonly events: RunEvent[]
  readonly engine: HarvestEngine
  /** Writes a file that the source `files` (csv) or `records` (json) can read. */
  write(name: string, content: string | Buffer): Promise<void>
  apply(datasets: readonly CityDataset[], harvests: readonly HarvestDocument[]): Promise<void>
  harvest(code: string, options?: Partial<RunOptions>): Promise<RunSummary>
}

export interface CityOptions {
  readonly sources?: readonly SourceDocument[]
  readonly clock?: () => number
}

export async function city(options: CityOptions = {}): Promise<City> {
  const database = await testDatabase()
  const directory = await mkdtemp(path.join(os.tmpdir(), 'guiji-city-'))
  await mkdir(path.join(directory, 'drops'))
  const events: RunEvent[] = []
  const engine = engineOf(database, directory, { emit: (event) => events.push(event), ...options })
  const sources = [source('files', 'csv'), source('records', 'json'), ...(options.sources ?? [])]
  return {
    database,
    directory,
    events,
    engine,
    write: (name, content) => writeFile(path.join(directory, 'drops', name), content),
    apply: (datasets, harvests) => apply(database, workspaceOf(directory, { datasets, harvests, sources })),
    harvest: (code, runOptions) => harvestOnce(engine, code, runOptions),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function apply(database: TestDatabase, workspace: Workspace): Promise<void> {
  await applyWorkspace(database.pool, workspace, { allowLoss: true, by: 'test', now: new Date() })
}

function source(code: string, kind: string): SourceDocument {
  return {
    code,
    name: code,
    department: 'dsj',
    kind,
    config: { root: 'drops' },
    politeness: { connections: 1 },
  }
}

function workspaceOf(
  directory: string,
  parts: Pick<Workspace, 'datasets' | 'harvests' | 'sources'>,
): Workspace {
  return {
    directory,
    settings: expandSettings({ name: '测试市', concurrency: 1 }),
    departments: [{ code: 'dsj', name: '数据局' }],
    ...parts,
  }
}

export function datasetOf(
  code: string,
  items: readonly (Pick<ItemDocument, 'code' | 'type'> & Partial<ItemDocument>)[],
  more: Partial<DatasetDocument> = {},
): CityDataset {
  return {
    code,
    name: `共享信息${code}`,
    department: 'dsj',
    format: 'text',
    sharing: { type: 'unconditional', methods: ['file'], conditions: '无' },
    grading: { class: '公共数据', level: 'general' },
    commitment: {
      cycle: 'daily',
      from: '2026-01-01',
      timeZone: 'Asia/Shanghai',
      calendar: 'cn',
      dueTime: '08:00',
      dueAfterDays: 1,
      grace: {},
      satisfiedBy: 'check',
    },
    items: items.map((item) => ({ name: `数据项${item.code}`, key: false, required: false, ...item })),
    rules: [],
    ...more,
  }
}

export function harvestOf(
  dataset: string,
  read: Readonly<Record<string, unknown>>,
  more: Partial<Omit<HarvestDocument, 'items'>> & {
    readonly items?: Readonly<Record<string, Partial<ItemMapping>>>
  } = {},
): HarvestDocument {
  const { items = {}, ...others } = more
  return {
    dataset,
    source: 'files',
    mode: 'snapshot',
    read,
    deletions: { maxShare: 1, minRows: 0, keep: 'P7D' },
    enabled: true,
    ...others,
    items: Object.fromEntries(
      Object.entries(items).map(([code, mapping]) => [
        code,
        { from: code, normalise: [], empty: 'null', nulls: [], ...mapping } satisfies ItemMapping,
      ]),
    ),
  }
}
