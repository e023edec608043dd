import type { ListRequest } from '../connector.ts'
import { GuijiError } from '../errors/guiji-error.ts'
import { compareFiles, type FileMark, parseToken, readDigest, writeToken } from './file-token.ts'
import { findFiles, type SourceFile, type SourceFolder } from './source-files.ts'

/** Which files one listing has to read, and what of the last reading still stands. */
export interface FileReading {
  /** All files that belong to the listing; where `onlyNew` was asked, those that are new or changed. */
  readonly files: readonly SourceFile[]
  /** A file whose beginning shows the fields, also when none has to be read. */
  readonly example: SourceFile | undefined
  readonly unchangedBy?: 'mtime+size' | 'digest'
  /** Time of the newest file. */
  readonly publishedAt: Date
  readonly bytes: number
  /** Token of this reading, from the marks of the files read. */
  token(marks: readonly FileMark[]): string
}

/** Finds the files of a request and compares them with its previous token. */
export async function planReading(
  folder: SourceFolder,
  kind: string,
  request: ListRequest & { readonly read: { readonly file: string } },
): Promise<FileReading> {
  if (request.since !== undefined || request.cursor !== undefined) {
    throw new GuijiError('FILE_NO_CURSOR', { source: folder.source, kind })
  }
  const found = await findFiles(folder, request.read.file)
  const previous = parseToken(request.previous)
  const read = readDigest(request.read)
  const { onlyNew, signal } = request
  // Files once appended are not appended again because the description of how to read them was touched.
  const comparable = previous !== undefined && (onlyNew || previous.read === read) ? previous : undefined
  const compared = comparable && (await compareFiles(found, comparable, { onlyNew, signal }))
  const files = compared ? (compared.unchanged ? [] : onlyNew ? compared.changed : found) : found
  return {
    files,
    example: files[0] ?? found[0],
    ...(compared?.unchanged ? { unchangedBy: compared.by } : {}),
    publishedAt: newest(found),
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    token: (marks) => {
      const standing = onlyNew || compared?.unchanged ? refreshed(previous?.files ?? [], found, files) : []
      const byPath = new Map([...standing, ...marks].map((mark) => [mark.path, mark]))
      return writeToken({ read, files: [...byPath.values()] })
    },
  }
}

function newest(files: readonly SourceFile[]): Date {
  let latest = 0n
  for (const { mtimeNs } of files) if (mtimeNs > latest) latest = mtimeNs
  return new Date(Number(latest / 1_000_000n))
}

/** Marks of files that were found again as they were, with their present time, so that it is not hashed again. */
function refreshed(
  marks: readonly FileMark[],
  found: readonly SourceFile[],
  changed: readonly SourceFile[],
): readonly FileMark[] {
  const same = new Map(found.filter((file) => !changed.includes(file)).map((file) => [file.path, file]))
  return marks.map((mark) => {
    const file = same.get(mark.path)
    return file ? { ...mark, mtimeNs: String(file.mtimeNs) } : mark
  })
}
