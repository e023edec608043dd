import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { openStore, type Store } from '../../src/store/open-store.ts'
import { writeDocuments } from '../documents.ts'
import { enterprises } from '../enterprises.ts'
import type { Ground } from '../ground.ts'
import { compare, type Findings, type Side } from '../measure.ts'

const run = promisify(execFile)
const program = path.join(import.meta.dirname, '../../jobs/main.ts')

/** What a command costs before it does anything: the process, and the embedded store where it is not yet running. */
export async function start(ground: Ground): Promise<Findings> {
  const workspace = path.join(ground.directory, 'start')
  const guiji = (...words: string[]) =>
    run(process.execPath, [program, ...words, '--workspace', workspace, '--lang', 'en'])
  const source = { kind: 'csv', config: { root: '.' } }
  await writeDocuments(workspace, enterprises(source, { file: 'data.csv' }))
  await guiji('apply')
  let store: Store | undefined
  const sides: Side[] = [
    { name: 'start: guiji --version', prepare: async () => {}, run: () => guiji('--version') },
    {
      name: 'start: guiji status, store not running',
      prepare: async () => {
        await store?.[Symbol.asyncDispose]()
      },
      run: () => guiji('status'),
    },
    {
      name: 'start: guiji status, store running',
      prepare: async () => {
        store = await openStore({ directory: workspace, signal: new AbortController().signal })
      },
      run: () => guiji('status'),
    },
  ]
  try {
    return await compare(sides, ground.rounds)
  } finally {
    await store?.[Symbol.asyncDispose]()
  }
}
