import { glob, readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { GuijiError } from '../errors/guiji-error.ts'
import { nearestNames } from './nearest-names.ts'

/** The folder a file source may read, as its real path, with the name of the source for messages. */
export interface SourceFolder {
  readonly source: string
  readonly root: string
}

export interface SourceFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  /** Real path, symbolic links resolved. */
  readonly absolute: string
  readonly size: number
  readonly mtimeNs: bigint
  /** The folder in which it was found and must lie; absent for a file that a person named. */
  readonly folder?: SourceFolder
}

/** Opens the folder of a file source; it must exist and be readable. */
export async function openFolder(directory: string, root: string, source: string): Promise<SourceFolder> {
  const wanted = path.resolve(directory, root)
  try {
    const real = await realpath(wanted)
    await readdir(real)
    return { source, root: real }
  } catch (error) {
    throw new GuijiError(
      'FILE_ROOT_MISSING',
      { root: wanted, source, problem: problemOf(error) },
      { cause: error },
    )
  }
}

/**
 * The files below the folder that `pattern` names: one file, or a glob (`**`, `*`, `?`, `[…]`, `{a,b}`), in the
 * order of their paths. A file that really is called `a[1].csv` wins over the glob. Nothing found is an error.
 */
export async function findFiles(folder: SourceFolder, pattern: string): Promise<readonly SourceFile[]> {
  refuseOutside(folder, pattern, path.resolve(folder.root, pattern))
  const plain = await describeFile(folder, pattern)
  if (plain) return [plain]
  const found: SourceFile[] = []
  if (/[*?[{]/.test(pattern)) {
    for await (const match of glob(pattern, { cwd: folder.root })) {
      const file = await describeFile(folder, match)
      if (file) found.push(file)
    }
  }
  if (found.length === 0) throw await missing(folder, pattern)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** All files below the folder with one of these endings (`.csv`), in the order of their paths. */
export async function filesWithEnding(
  folder: SourceFolder,
  endings: readonly string[],
): Promise<readonly SourceFile[]> {
  const found: SourceFile[] = []
  for await (const match of glob('**/*', { cwd: folder.root })) {
    if (!endings.includes(path.extname(match).toLowerCase())) continue
    const file = await describeFile(folder, match)
    if (file) found.push(file)
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** What the system says about an error, without the path that the caller names anyway. */
export function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known: Record<string, string> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOTDIR: 'it is not a folder',
    EISDIR: 'it is a folder',
  }
  return known[code] ?? (error instanceof Error ? error.message : String(error))
}

/** Undefined when there is no such file; folders, sockets and devices are no files. */
async function describeFile(folder: SourceFolder, relative: string): Promise<SourceFile | undefined> {
  const shown = path.relative(folder.root, path.resolve(folder.root, relative)).split(path.sep).join('/')
  try {
    const absolute = await realpath(path.resolve(folder.root, relative))
    const found = await stat(absolute, { bigint: true })
    if (!found.isFile()) return undefined
    refuseOutside(folder, shown, absolute)
    return { path: shown, absolute, size: Number(found.size), mtimeNs: found.mtimeNs, folder }
  } catch (error) {
    if (error instanceof GuijiError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new GuijiError('FILE_UNREADABLE', { file: shown, problem: problemOf(error) }, { cause: error })
  }
}

function refuseOutside(folder: SourceFolder, shown: string, absolute: string): void {
  if (!isOutside(folder.root, absolute)) return
  throw new GuijiError('FILE_OUTSIDE_ROOT', { path: shown, source: folder.source, root: folder.root })
}

export function isOutside(root: string, absolute: string): boolean {
  const relative = path.relative(root, absolute)
  return relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)
}

async function missing(folder: SourceFolder, pattern: string): Promise<GuijiError> {
  const folderOfPattern = path.dirname(path.resolve(folder.root, pattern))
  const listed = await readdir(folderOfPattern).catch(() => readdir(folder.root))
  const nearest = nearestNames(path.basename(pattern), listed).join(', ')
  return new GuijiError('FILE_MISSING', {
    pattern,
    root: folder.root,
    source: folder.source,
    nearest: nearest === '' ? '—' : nearest,
  })
}
