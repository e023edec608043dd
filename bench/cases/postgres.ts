import { columnNames, enterprises, tableDefinition } from '../enterprises.ts'
import { type Ground, secretFile } from '../ground.ts'
import { compare, type Findings, type Side } from '../measure.ts'
import { copyAcross, makeRawTable } from '../raw-table.ts'

/** A table of another PostgreSQL database, beside one COPY piped into another. */
export async function postgres(ground: Ground): Promise<Findings> {
  const { store, rows } = ground
  const address = await ground.sourceDatabase()
  const url = await secretFile(ground.directory, 'source-url', address)
  const source = { kind: 'postgres', config: { url } }
  const { guiji } = await ground.collector('postgres', enterprises(source, { table: 'public.enterprises' }))
  const held = String(rows)
  const sides: Side[] = [
    {
      name: 'postgres: raw COPY pipe',
      prepare: () => makeRawTable(store, tableDefinition),
      run: () => copyAcross(store, address, columnNames),
    },
    {
      name: 'postgres: first load',
      prepare: () => guiji.fresh(),
      run: () => guiji.harvest({ state: 'succeeded', heldAfter: held, lane: 'bytes' }),
    },
    {
      name: 'postgres: unchanged',
      prepare: () => store.pool.query('checkpoint'),
      run: () => guiji.harvest({ state: 'succeeded', heldAfter: held, inserted: '0', updated: '0' }),
    },
  ]
  return compare(sides, ground.rounds)
}
