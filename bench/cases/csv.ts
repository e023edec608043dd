import { DropFolder } from '../drop-folder.ts'
import { columnNames, enterprises, tableDefinition } from '../enterprises.ts'
import type { Ground } from '../ground.ts'
import { compare, type Findings, type Side } from '../measure.ts'
import { copyFile, makeRawTable } from '../raw-table.ts'

/** A CSV file in UTF-8: the first load beside raw COPY, and what follows a first load. */
export async function csv(ground: Ground): Promise<Findings> {
  const { store, rows } = ground
  const source = { kind: 'csv', config: { root: 'drops' } }
  const { workspace, guiji } = await ground.collector('csv', enterprises(source, { file: 'data.csv' }))
  const drops = new DropFolder(workspace, 'data.csv')
  const base = await ground.csv('base')
  const clustered = await ground.csv('clustered')
  const spread = await ground.csv('spread')
  const bad = await ground.csv('bad')
  const load = async (file: string) => {
    await guiji.fresh()
    await drops.put(file)
  }
  const change = async (file: string) => {
    await drops.put(file)
    await store.pool.query('checkpoint')
  }
  const held = String(rows)
  const written = (updated: number) => ({ heldAfter: held, inserted: '0', updated: String(updated) })
  const sides: Side[] = [
    {
      name: 'csv: raw COPY',
      prepare: () => makeRawTable(store, tableDefinition),
      run: () => copyFile(store, base.file, { columns: columnNames }),
    },
    {
      name: 'csv: 1 % bad, first load',
      prepare: () => load(bad.file),
      run: () => guiji.harvest({ heldAfter: String(rows - bad.hits), rejected: String(bad.hits) }),
    },
    {
      name: 'csv: first load',
      prepare: () => load(base.file),
      run: () => guiji.harvest({ state: 'succeeded', heldAfter: held, lane: 'bytes' }),
    },
    { name: 'csv: unchanged, touched', prepare: () => drops.touch(), run: () => guiji.harvest(written(0)) },
    {
      name: 'csv: 1 % changed, clustered',
      prepare: () => change(clustered.file),
      run: () => guiji.harvest(written(clustered.hits)),
    },
    {
      name: 'csv: 1 % changed, spread',
      prepare: () => change(spread.file),
      run: () => guiji.harvest(written(spread.hits)),
    },
  ]
  return compare(sides, ground.rounds)
}
