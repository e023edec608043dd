import type { Workspace } from '../catalog-schema/documents/documents.ts'
import { connectors } from '../connectors/index.ts'
import { loadWorkspace } from '../src/workspace/load-workspace.ts'
import type { Problem } from '../src/workspace/problem.ts'
import { InvalidDocuments } from './invalid-documents.ts'
import type { GlobalOptions } from './shell.ts'
import { findWorkspace } from './workspace-folder.ts'

export interface ValidWorkspace {
  readonly workspace: Workspace
  readonly unfinished: readonly Problem[]
}

/**
 * The documents of the workspace, as they are written now.
 *
 * @throws InvalidDocuments with all problems at once
 */
export async function validWorkspace(options: GlobalOptions): Promise<ValidWorkspace> {
  const directory = await findWorkspace(options.workspace, process.cwd())
  const loaded = await loadWorkspace(directory, connectors)
  if (loaded.problems !== undefined) throw new InvalidDocuments(loaded.problems, directory)
  return loaded
}
