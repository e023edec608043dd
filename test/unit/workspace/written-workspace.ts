import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts'
import type { Problem } from '../../../src/workspace/problem.ts'
import { connectorKinds } from './connector-kinds.ts'

export const smallWorkspace = join(import.meta.dirname, '../../fixtures/workspace/small')

/** A directory of its own for one test, removed when it leaves scope. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'guiji-documents-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** One replacement in one file of the small workspace; the text must stand there. */
export type Edit = readonly [file: string, from: string, to: string]

/** What is wrong with the small workspace after some edits. */
export async function problemsAfter(edits: readonly Edit[]): Promise<readonly Problem[]> {
  await using directory = await temporaryDirectory()
  await cp(smallWorkspace, directory.path, { recursive: true })
  for (const [file, from, to] of edits) {
    const path = join(directory.path, file)
    const text = await readFile(path, 'utf8')
    if (!text.includes(from)) throw new Error(`${file} does not hold "${from}"`)
    await writeFile(
      path,
      text.replace(from, () => to),
    )
  }
  const { problems = [] } = await loadWorkspace(directory.path, connectorKinds)
  return problems
}
