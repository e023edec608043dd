import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { DropFolder } from '../drop-folder.ts'
import { columnNames, enterprises, tableDefinition } from '../enterprises.ts'
import type { Ground } from '../ground.ts'
import { compare, type Findings, type Side } from '../measure.ts'
import { copyFile, makeRawTable } from '../raw-table.ts'

/** The same rows in GB18030, which PostgreSQL itself converts on both sides. */
export async function gb18030(ground: Ground): Promise<Findings> {
  const { store, rows } = ground
  const source = { kind: 'csv', config: { root: 'drops' } }
  const { workspace, guiji } = await ground.collector('gb18030', enterprises(source, { file: 'data.csv' }))
  const drops = new DropFolder(workspace, 'data.csv')
  const file = path.join(ground.directory, 'gb18030.csv')
  await writeFrom(await ground.sourceDatabase(), file)
  const sides: Side[] = [
    {
      name: 'gb18030: raw COPY',
      prepare: () => makeRawTable(store, tableDefinition),
      run: () => copyFile(store, file, { columns: columnNames, encoding: 'GB18030' }),
    },
    {
      name: 'gb18030: first load',
      prepare: async () => {
        await guiji.fresh()
        await drops.put(file)
      },
      run: () => guiji.harvest({ state: 'succeeded', heldAfter: String(rows), lane: 'bytes' }),
    },
  ]
  return compare(sides, ground.rounds)
}

/** Node reads GB18030 but does not write it; the server does. */
async function writeFrom(url: string, file: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const statement = `copy (select ${columnNames} from enterprises order by code)
      to stdout (format csv, header, encoding 'GB18030')`
    await pipeline(client.query(copyTo(statement)), createWriteStream(file))
  } finally {
    await client.end()
  }
}
