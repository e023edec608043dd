import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { columnNames, enterprises, tableDefinition } from '../enterprises.ts'
import type { Ground } from '../ground.ts'
import { type JsonPages, writeJsonPages } from '../made-files.ts'
import { compare, type Findings, type Side } from '../measure.ts'
import { copyFile, makeRawTable } from '../raw-table.ts'

/** What the connector asks for where a harvest says nothing else. */
const pageSize = 1000

/** JSON pages of a local interface, beside raw COPY of the same rows as CSV. */
export async function httpJson(ground: Ground): Promise<Findings> {
  const { store, rows } = ground
  const pages = await writeJsonPages(path.join(ground.directory, 'pages.json'), rows, pageSize)
  const base = await ground.csv('base')
  const server = fork(path.join(import.meta.dirname, '../json-server.ts'))
  try {
    const port = await startServer(server, pages)
    const source = { kind: 'http-json', config: { baseUrl: `http://127.0.0.1:${port}` } }
    const paging = { kind: 'page', size: pageSize, totalPath: 'total' }
    const read = { path: 'rows', records: 'data.rows', paging }
    const { guiji } = await ground.collector('http-json', enterprises(source, read))
    const sides: Side[] = [
      {
        name: 'http-json: raw COPY',
        prepare: () => makeRawTable(store, tableDefinition),
        run: () => copyFile(store, base.file, { columns: columnNames }),
      },
      {
        name: 'http-json: first load',
        prepare: () => guiji.fresh(),
        run: () => guiji.harvest({ state: 'succeeded', heldAfter: String(rows), lane: 'rows' }),
      },
    ]
    return await compare(sides, ground.rounds)
  } finally {
    server.kill()
  }
}

async function startServer(server: ChildProcess, pages: JsonPages): Promise<number> {
  server.send(pages)
  const [port] = await once(server, 'message')
  return Number(port)
}
