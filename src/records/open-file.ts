import { constants } from 'node:fs'
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises'
import { GuijiError } from '../errors/guiji-error.ts'
import { isOutside, problemOf, type SourceFile } from './source-files.ts'

// A link put in place of the file since it was found is not followed; a pipe put there does not hold the process.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Opens a file that was found in a source's folder and looks once more, at what is open now and not at a name: it
 * must be a plain file inside that folder, whatever was moved or linked since.
 *
 * @throws GuijiError FILE_UNREADABLE, FILE_OUTSIDE_ROOT
 */
export async function openSourceFile(file: SourceFile): Promise<FileHandle> {
  const fail = (problem: string, cause?: unknown) =>
    new GuijiError('FILE_UNREADABLE', { file: file.path, problem }, { cause })
  const handle = await open(file.absolute, flags).catch((error: unknown) => {
    throw fail(problemOf(error), error)
  })
  try {
    if (!(await handle.stat()).isFile()) throw fail('it is no plain file any more')
    const { folder } = file
    if (folder && isOutside(folder.root, await pathOf(handle, file.absolute))) {
      const { source, root } = folder
      throw new GuijiError('FILE_OUTSIDE_ROOT', { path: file.path, source, root })
    }
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Where an open file lies: Linux knows it of the descriptor, elsewhere the name is resolved anew. */
async function pathOf(handle: FileHandle, name: string): Promise<string> {
  if (process.platform === 'linux') return await readlink(`/proc/self/fd/${handle.fd}`)
  return await realpath(name)
}
