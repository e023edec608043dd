import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { DropFolder } from '../drop-folder.ts'
import { columns, enterprises, tableDefinition } from '../enterprises.ts'
import type { Ground } from '../ground.ts'
import { type Findings, inTurn, type Side } from '../measure.ts'
import { makeRawTable } from '../raw-table.ts'

const run = promisify(execFile)

/** pgloader, where it is installed, with the same file into the same table. */
export async function pgloader(ground: Ground): Promise<Findings> {
  try {
    await run('pgloader', ['--version'])
  } catch {
    return { seconds: new Map(), skipped: 'pgloader is not installed here' }
  }
  const { store, rows } = ground
  const source = { kind: 'csv', config: { root: 'drops' } }
  const { workspace, guiji } = await ground.collector('pgloader', enterprises(source, { file: 'data.csv' }))
  const drops = new DropFolder(workspace, 'data.csv')
  const base = await ground.csv('base')
  const commands = path.join(ground.directory, 'pgloader.load')
  await writeFile(commands, loadCommand(store.url, base.file), { mode: 0o600 })
  const sides: Side[] = [
    {
      name: 'pgloader: pgloader',
      prepare: () => makeRawTable(store, tableDefinition),
      run: async () => {
        await run('pgloader', ['--root-dir', path.join(ground.directory, 'pgloader'), commands])
        const { rows: found } = await store.pool.query('select count(*)::int as count from public.raw')
        if (found[0]?.count !== rows) throw new Error(`pgloader loaded ${found[0]?.count} rows`)
      },
    },
    {
      name: 'pgloader: guiji, first load',
      prepare: async () => {
        await guiji.fresh()
        await drops.put(base.file)
      },
      run: () => guiji.harvest({ state: 'succeeded', heldAfter: String(rows) }),
    },
  ]
  // Not warmed up: pgloader is a process of its own each time, and takes most of a minute.
  return { seconds: await inTurn(sides, ground.rounds) }
}

function loadCommand(url: string, file: string): string {
  const names = columns.map((column) => column.code).join(', ')
  return `load csv from '${file}' with encoding utf-8 (${names})
  into ${url} target table public.raw (${names})
  with skip header = 1, fields optionally enclosed by '"', fields escaped by double-quote, fields terminated by ',';
`
}
