/**
 * `npm run demo [-- --scale N --day N]`: the whole city, from empty to a board. Starts the departments' systems and
 * the store, applies the list, harvests all datasets, holds what was found against what the generator says it
 * changed, and tells how to look further. Run again, it finds nothing changed and writes no row.
 */
import { join, resolve } from 'node:path'
import { openStore } from '../../src/store/open-store.ts'
import { readOptions, wholeNumber } from './command-line.ts'
import { compareRuns } from './demo/compare-runs.ts'
import { guiji } from './demo/guiji-command.ts'
import { beginHarvest, harvestsSoFar } from './demo/harvest-log.ts'
import { heading, howToGoOn } from './demo/words.ts'
import { startSources } from './systems/start-sources.ts'
import { writeWorkspace } from './writing/write-workspace.ts'

const here = import.meta.dirname
const values = readOptions({
  scale: { type: 'string', default: '1000000' },
  day: { type: 'string' },
  directory: { type: 'string', default: join(here, '.sources') },
  workspace: { type: 'string', default: join(here, 'workspace') },
})
const directory = resolve(values.directory)
const workspace = resolve(values.workspace)
const scale = wholeNumber('--scale', values.scale)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

try {
  process.exitCode = await demo(stopping.signal)
} catch (error) {
  if (!stopping.signal.aborted) throw error
  process.exitCode = 130
}

async function demo(signal: AbortSignal): Promise<number> {
  const before = await harvestsSoFar(directory, scale)
  const day = values.day === undefined ? (before.at(-1)?.day ?? 1) : wholeNumber('--day', values.day)
  heading('sources', { scale, day })
  await using sources = await startSources({ directory, scale, day, signal })
  await writeWorkspace(workspace, sources.addresses)

  // Held open over the commands below, so that they do not start and stop the server one by one.
  heading('store', { workspace })
  await using store = await openStore({ directory: workspace, signal })
  const run = (...words: string[]) => guiji(words, { workspace, environment: sources.environment, signal })

  heading('apply', {})
  if ((await run('apply')) !== 0) return 1
  heading('harvest', {})
  const harvests = await beginHarvest(store.pool, directory, { scale, day, before })
  const harvested = await run('harvest', '--all')
  if (harvested !== 0) return harvested
  heading('board', {})
  if ((await run('status')) !== 0) return 1

  const differing = await compareRuns(store.pool, scale, harvests)
  howToGoOn({ workspace, day, differing })
  return differing.length === 0 ? 0 : 1
}
