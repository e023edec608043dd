import { access, mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { GuijiError } from '../errors/guiji-error.ts'
import type { Language } from '../errors/table.ts'
import type { Problem } from '../workspace/problem.ts'
import { createProblem, excerpt, sortProblems } from '../workspace/problem.ts'
import { findUnfinished } from '../workspace/unfinished.ts'
import { ignoreFile, writeExamples, writeSettings } from './example-files.ts'
import type { NewFile } from './list-documents.ts'
import { writeDepartments } from './list-documents.ts'
import type { ListEntry } from './list-entries.ts'
import { readEntries } from './list-entries.ts'
import { findHeader } from './list-header.ts'
import type { SheetReader } from './read-list.ts'
import { readList } from './read-list.ts'

export interface InitOptions {
  /** Made where it is not there; may hold other files, but no document that would be written. */
  readonly directory: string
  /** A published list, `.csv` or `.xlsx`; absent: an empty workspace with examples. */
  readonly from?: string
  readonly language: Language
  /** Reads the first sheet of an `.xlsx` as rows of cell texts. */
  readonly readSheet: SheetReader
}

export interface InitDone {
  /** Relative to the directory. */
  readonly written: readonly string[]
  readonly departments: number
  readonly datasets: number
  /** Places marked 待补. */
  readonly unfinished: readonly Problem[]
  /** Header texts of the list that were not understood: what stands below them was not read. */
  readonly ignoredColumns: readonly string[]
  readonly problems?: never
}

export type InitResult = InitDone | { readonly problems: readonly Problem[] }

/**
 * Writes a new workspace. A list that holds a word nobody knows is not guessed at: all its problems come back and
 * nothing is written. Throws WORKSPACE_EXISTS, LIST_FORMAT_UNKNOWN, LIST_ENCODING.
 */
export async function initWorkspace(options: InitOptions): Promise<InitResult> {
  const name = basename(resolve(options.directory))
  const fixed = [writeSettings(name, options.language)]
  if (options.from === undefined) {
    const files = [...fixed, ...writeExamples(options.language)]
    await writeFiles(options.directory, files)
    return done(files, [], [])
  }
  const list = await readEntriesOf(options.from, options.readSheet)
  if ('problems' in list) return { problems: sortProblems(list.problems) }
  const files = [...fixed, ...writeDepartments(list.entries, options.language)]
  await writeFiles(options.directory, files)
  return done(files, list.entries, list.ignored)
}

async function readEntriesOf(
  from: string,
  readSheet: SheetReader,
): Promise<{ entries: ListEntry[]; ignored: readonly string[] } | { problems: Problem[] }> {
  const file = basename(from)
  const rows = await readList(from, readSheet)
  if (!Array.isArray(rows)) return { problems: [rows] }
  const header = findHeader(rows)
  if (!header) return { problems: [headerMissing(file, rows)] }
  const { entries, problems } = readEntries(rows, header, file)
  if (problems.length > 0) return { problems }
  if (entries.length > 0) return { entries, ignored: header.ignored }
  return { problems: [createProblem({ file, line: header.firstEntry, column: 1 }, 'LIST_EMPTY', {})] }
}

function headerMissing(file: string, rows: readonly (readonly string[])[]): Problem {
  const read = rows
    .slice(0, 5)
    .flat()
    .filter((text) => text.trim() !== '')
  return createProblem({ file, line: 1, column: 1 }, 'LIST_HEADER_MISSING', {
    found: excerpt(read.join(', ')),
    expected: {
      en: 'a department (部门, 提供单位, …) and a dataset (共享信息名称, 数据目录名称, …)',
      zh: '部门（部门、提供单位……）和名称（共享信息名称、数据目录名称……）',
    },
  })
}

/** All or nothing as far as names go: one file that is there already stops the whole. */
async function writeFiles(directory: string, files: readonly NewFile[]): Promise<void> {
  for (const name of ['guiji.yml', 'guiji.json', ...files.map(({ file }) => file)]) {
    if (await exists(join(directory, name))) {
      throw new GuijiError('WORKSPACE_EXISTS', { path: join(directory, name) })
    }
  }
  for (const folder of ['catalog', 'sources', 'harvests'])
    await mkdir(join(directory, folder), { recursive: true })
  for (const { file, text } of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true })
    await writeFile(join(directory, file), text, { flag: 'wx' })
  }
  const ignore = join(directory, ignoreFile.file)
  if (!(await exists(ignore))) await writeFile(ignore, ignoreFile.text)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function done(
  files: readonly NewFile[],
  entries: readonly ListEntry[],
  ignoredColumns: readonly string[],
): InitDone {
  return {
    written: files.map(({ file }) => file),
    departments: new Set(entries.map(({ department }) => department)).size,
    datasets: entries.length,
    unfinished: findUnfinished(files),
    ignoredColumns,
  }
}
