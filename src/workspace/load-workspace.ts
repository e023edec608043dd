import { resolve } from 'node:path'
import type { Workspace } from '../../catalog-schema/documents/documents.ts'
import type { Connector } from '../connector.ts'
import { checkAcross } from './check-across.ts'
import type { Collected, Entry } from './collect.ts'
import { collect } from './collect.ts'
import type { Problem } from './problem.ts'
import { sortProblems } from './problem.ts'
import type { WorkspaceFile } from './read-files.ts'
import { readWorkspaceFiles } from './read-files.ts'
import { findUnfinished } from './unfinished.ts'
import { checkDocument } from './validate-documents.ts'

/** What loading needs to know of a connector: `connectors/index.ts` lists them. */
export type ConnectorKind = Pick<Connector, 'kind' | 'configSchema' | 'readSchema'>

/** A valid workspace and the places still marked `待补`, or everything that is wrong with it. */
export type LoadedWorkspace =
  | { readonly workspace: Workspace; readonly unfinished: readonly Problem[]; readonly problems?: never }
  | { readonly problems: readonly Problem[]; readonly workspace?: never; readonly unfinished?: never }

/**
 * Reads and checks all documents of a workspace: `guiji.yaml`, `catalog/`, `sources/`, `harvests/`, `calendars/`,
 * `waivers/`, each YAML or JSON.
 * Never throws for what they hold: all problems come back at once, in order of place.
 */
export async function loadWorkspace(
  directory: string,
  connectorKinds: readonly ConnectorKind[],
): Promise<LoadedWorkspace> {
  const { files, problems } = await readWorkspaceFiles(directory)
  const checked = checkWorkspaceFiles(files, connectorKinds)
  const all = [...problems, ...checked.problems]
  if (all.length > 0) return { problems: sortProblems(all) }
  return { workspace: assemble(resolve(directory), checked.collected), unfinished: findUnfinished(files) }
}

function checkWorkspaceFiles(
  files: readonly WorkspaceFile[],
  connectorKinds: readonly ConnectorKind[],
): { collected: Collected; problems: Problem[] } {
  const documents = files.map(checkDocument)
  const collected = collect(documents)
  // Where a file cannot be parsed nobody knows what it declares, so nothing is said about names it may hold.
  const complete = documents.every(({ document }) => document.problems.length === 0)
  return {
    collected,
    problems: [
      ...documents.flatMap(({ document }) => document.problems),
      ...documents.flatMap((one) => one.problems.map(({ problem }) => problem)),
      ...checkAcross(collected, { connectorKinds, complete }),
    ],
  }
}

function assemble(directory: string, collected: Collected): Workspace {
  return {
    directory,
    settings: collected.settings,
    departments: sorted(collected.departments, (one) => one.code),
    datasets: sorted(collected.datasets, (one) => one.code),
    sources: sorted(collected.sources, (one) => one.code),
    harvests: sorted(collected.harvests, (one) => one.dataset),
    calendars: sorted(collected.calendars, (one) => one.code),
    waivers: sorted(collected.waivers, (one) => `${one.dataset} ${one.periods[0] ?? ''}`),
  }
}

function sorted<T>(entries: readonly Entry<T>[], codeOf: (value: T) => string): T[] {
  return entries
    .map((entry) => entry.value)
    .sort((a, b) => (codeOf(a) < codeOf(b) ? -1 : codeOf(a) > codeOf(b) ? 1 : 0))
}
