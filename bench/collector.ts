import { connectors } from '../connectors/index.ts'
import { openEngine } from '../jobs/open-engine.ts'
import { runHarvest } from '../src/harvest/run.ts'
import type { RunSummary } from '../src/harvest/run-events.ts'
import { findTargets } from '../src/harvest/target.ts'
import { migrate } from '../src/store/migrate.ts'
import type { Store } from '../src/store/open-store.ts'
import { applyWorkspace } from '../src/workspace/apply-workspace.ts'
import { loadWorkspace } from '../src/workspace/load-workspace.ts'

/** guiji with one workspace of one harvest, on a store that other workspaces had before. */
export interface Collector {
  /** Empties the store and applies the workspace. */
  fresh(): Promise<void>
  /** Runs the harvest once and fails where the summary is not as expected. */
  harvest(expected: Partial<RunSummary>): Promise<void>
}

export async function openCollector(store: Store, workspace: string): Promise<Collector> {
  const loaded = await loadWorkspace(workspace, connectors)
  if (loaded.problems !== undefined) throw new Error(JSON.stringify(loaded.problems, null, 2))
  return {
    fresh: async () => {
      await emptyStore(store)
      const options = { allowLoss: true, by: 'bench', now: new Date() }
      await applyWorkspace(store.pool, loaded.workspace, options)
      await store.pool.query('checkpoint')
    },
    harvest: (expected) => harvestOnce(store, workspace, expected),
  }
}

export async function harvestOnce(
  store: Store,
  workspace: string,
  expected: Partial<RunSummary>,
): Promise<void> {
  const engine = openEngine(store, {
    directory: workspace,
    outbound: { allow: ['127.0.0.1'], only: true },
    emit: () => {},
  })
  const [target] = await findTargets(store.pool)
  if (target === undefined) throw new Error('nothing to harvest')
  const summary = await runHarvest(engine, target, { signal: new AbortController().signal })
  if (
    Object.entries({ ...summary, ...expected }).every(([name, value]) => Reflect.get(summary, name) === value)
  )
    return
  throw new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(summary)}`)
}

async function emptyStore(store: Store): Promise<void> {
  await store.pool.query(
    `drop table if exists public.raw;
     drop schema if exists guiji, store, gone, load, catalog, bench cascade`,
  )
  await migrate(store.pool)
}
