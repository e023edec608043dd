import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InitDone, InitOptions } from '../../../src/init/init-workspace.ts'
import { initWorkspace } from '../../../src/init/init-workspace.ts'
import type { Problem } from '../../../src/workspace/problem.ts'

export const publishedList = join(import.meta.dirname, '../../fixtures/lists/published.csv')

type Given = Pick<InitOptions, 'directory'> & Partial<InitOptions>

/** Initialises in Chinese, without a workbook unless one is given. */
export async function init(given: Given): Promise<InitDone> {
  const result = await initWorkspace({ language: 'zh', readSheet: noWorkbook, ...given })
  if (result.problems) throw new Error(result.problems.map((one) => one.message('en')).join('\n'))
  return result
}

export async function initProblems(given: Given): Promise<readonly Problem[]> {
  const { problems } = await initWorkspace({ language: 'zh', readSheet: noWorkbook, ...given })
  return problems ?? []
}

/** Writes a list of these rows beside the workspace and gives its path. */
export async function writeList(
  directory: string,
  rows: readonly string[],
  name = 'list.csv',
): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, rows.join('\n'))
  return path
}

async function noWorkbook(path: string): Promise<string[][]> {
  throw new Error(`${path} is no workbook`)
}
