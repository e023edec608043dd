import { access } from 'node:fs/promises'
import path from 'node:path'
import type { WorkspaceDocument } from '../catalog-schema/documents/documents.ts'
import { GuijiError } from '../src/errors/guiji-error.ts'
import { expandSettings } from '../src/workspace/expand-catalog.ts'
import { readWorkspaceFiles } from '../src/workspace/read-files.ts'
import { checkDocument } from '../src/workspace/validate-documents.ts'

const names = ['guiji.yaml', 'guiji.yml', 'guiji.json']

/** The folder given, else the nearest one upwards that holds a `guiji.yaml`, else `from` itself. */
export async function findWorkspace(given: string | undefined, from: string): Promise<string> {
  if (given !== undefined) return path.resolve(from, given)
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (await holdsSettings(folder)) return folder
    if (folder === path.dirname(folder)) return path.resolve(from)
  }
}

async function holdsSettings(folder: string): Promise<boolean> {
  for (const name of names) {
    const found = await access(path.join(folder, name)).then(
      () => true,
      () => false,
    )
    if (found) return true
  }
  return false
}

/**
 * The settings of a workspace alone, so that a mistake in one department's documents does not keep anybody from
 * looking at the store. Undefined where there are none.
 *
 * @throws GuijiError DOCUMENT_INVALID: `guiji apply` lists what is wrong
 */
export async function readSettings(directory: string): Promise<WorkspaceDocument | undefined> {
  const { files } = await readWorkspaceFiles(directory)
  const file = files.find(({ role }) => role === 'workspace')
  if (file === undefined) return undefined
  const { document, problems } = checkDocument(file)
  const count = document.problems.length + problems.length
  if (count > 0) throw new GuijiError('DOCUMENT_INVALID', { count, path: path.join(directory, file.file) })
  return expandSettings(document.value as { readonly name: string })
}
