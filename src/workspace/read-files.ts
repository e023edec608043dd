import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from './problem.ts'
import { createProblem } from './problem.ts'

export type DocumentRole = 'workspace' | 'department' | 'source' | 'harvest' | 'calendar' | 'waiver'

/** One file of a workspace. `file` is relative to the workspace, with `/`. */
export interface WorkspaceFile {
  readonly role: DocumentRole
  readonly file: string
  readonly text: string
}

const folders: readonly { readonly folder: string; readonly role: DocumentRole }[] = [
  { folder: 'catalog', role: 'department' },
  { folder: 'sources', role: 'source' },
  { folder: 'harvests', role: 'harvest' },
  { folder: 'calendars', role: 'calendar' },
  { folder: 'waivers', role: 'waiver' },
]
const documentName = /^[^.].*\.(ya?ml|json)$/i

/** Reads all documents of a workspace, in order of their names. A folder that is not there holds nothing. */
export async function readWorkspaceFiles(
  directory: string,
): Promise<{ files: WorkspaceFile[]; problems: Problem[] }> {
  const names = await namesIn(directory)
  const found = names
    .filter((name) => /^guiji\.(ya?ml|json)$/.test(name))
    .map((file) => ({ role: 'workspace' as DocumentRole, file }))
  const problems: Problem[] = []
  if (found.length === 0)
    problems.push(createProblem(start('guiji.yaml'), 'DOCUMENT_MISSING', { found: 'guiji.yaml' }))
  for (const { folder, role } of folders) {
    const inside = (await namesIn(join(directory, folder))).filter((name) => documentName.test(name))
    found.push(...inside.map((name) => ({ role, file: `${folder}/${name}` })))
  }
  problems.push(...twice(found.map(({ file }) => file)))
  const files: WorkspaceFile[] = []
  for (const { role, file } of found) {
    const text = await readText(join(directory, file))
    if (text instanceof Error) {
      problems.push(createProblem(start(file), 'DOCUMENT_UNREADABLE', { found: text.message }))
    } else files.push({ role, file, text })
  }
  return { files, problems }
}

/** `guiji.yaml` beside `guiji.json`: the same document twice. */
function twice(files: readonly string[]): Problem[] {
  const stem = (file: string) => file.replace(/\.[^.]+$/, '')
  return files.flatMap((file, index) => {
    const other = files.slice(0, index).find((one) => stem(one) === stem(file))
    return other ? [createProblem(start(file), 'DOCUMENT_TWICE', { found: file, other })] : []
  })
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

async function readText(path: string): Promise<string | Error> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function start(file: string): { file: string; line: number; column: number } {
  return { file, line: 1, column: 1 }
}
