import { createHash } from 'node:crypto'
import { digestOf } from './file-blocks.ts'
import type { FileDigest } from './file-digest.ts'
import type { SourceFile } from './source-files.ts'

/** One file as it was when it was read. */
export interface FileMark extends FileDigest {
  readonly path: string
  readonly size: number
  /** Nanoseconds since the epoch, decimal. */
  readonly mtimeNs: string
}

/** What a complete reading of files leaves behind to be compared with next time. */
export interface FileToken {
  /** Digest of how the files were read: with another delimiter the same bytes are other records. */
  readonly read: string
  readonly files: readonly FileMark[]
}

export type FileComparison =
  | { readonly unchanged: true; readonly by: 'mtime+size' | 'digest' }
  | { readonly unchanged: false; readonly changed: readonly SourceFile[] }

export function readDigest(read: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(read).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}

export function writeToken(token: FileToken): string {
  return JSON.stringify(token)
}

/** Undefined for a text that is no token of files: then everything counts as new. */
export function parseToken(text: string | undefined): FileToken | undefined {
  if (text === undefined) return undefined
  try {
    const token: unknown = JSON.parse(text)
    return isToken(token) ? token : undefined
  } catch {
    return undefined
  }
}

export function markOf(file: SourceFile, digest: FileDigest): FileMark {
  return { path: file.path, size: file.size, mtimeNs: String(file.mtimeNs), ...digest }
}

/** Stands for a reading that was given up. */
export const noMark: FileMark = { path: '', size: 0, mtimeNs: '0', digest: '', blocks: '' }

/**
 * Compares the files found with those of a token: by size and time first, and where only the time differs by
 * their content. Files that vanished since are a change too, unless `onlyNew` asks for what came and nothing else.
 */
export async function compareFiles(
  files: readonly SourceFile[],
  token: FileToken,
  options: { readonly onlyNew: boolean; readonly signal: AbortSignal },
): Promise<FileComparison> {
  const marks = new Map(token.files.map((mark) => [mark.path, mark]))
  const changed: SourceFile[] = []
  let hashed = false
  for (const file of files) {
    const mark = marks.get(file.path)
    if (mark === undefined || mark.size !== file.size) {
      changed.push(file)
    } else if (mark.mtimeNs !== String(file.mtimeNs)) {
      hashed = true
      if ((await digestOf(file, options.signal, mark))?.digest !== mark.digest) changed.push(file)
    }
    // All files are read again where one of them changed: no need to know about the others.
    if (changed.length > 0 && !options.onlyNew) return { unchanged: false, changed }
  }
  const vanished = !options.onlyNew && files.length < marks.size
  if (changed.length > 0 || vanished) return { unchanged: false, changed }
  return { unchanged: true, by: hashed ? 'digest' : 'mtime+size' }
}

function isToken(value: unknown): value is FileToken {
  return (
    typeof value === 'object' &&
    value !== null &&
    'read' in value &&
    'files' in value &&
    Array.isArray(value.files) &&
    value.files.every((mark) => typeof mark?.path === 'string' && typeof mark.blocks === 'string')
  )
}
