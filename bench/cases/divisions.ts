import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { writeDivisions } from '../division-file.ts'
import type { DocumentSpec } from '../documents.ts'
import { DropFolder } from '../drop-folder.ts'
import type { Ground } from '../ground.ts'
import { compare, type Findings, type Side } from '../measure.ts'
import { copyFile, makeRawTable } from '../raw-table.ts'

const columns = ['code', 'name', 'street_code', 'province_code', 'city_code', 'area_code'] as const
const fields = ['code', 'name', 'streetCode', 'provinceCode', 'cityCode', 'areaCode'] as const
const definition = `code text primary key, name text, street_code text, province_code bigint, city_code text,
  area_code text`

/** The villages of China: short rows, each checked as a division code and against a rule. */
export async function divisions(ground: Ground): Promise<Findings> {
  const { store, directory } = ground
  const { workspace, guiji } = await ground.collector('divisions', spec())
  const drops = new DropFolder(workspace, 'divisions.csv')
  const file = path.join(directory, 'divisions.csv')
  const { rows } = await writeDivisions(file)
  const { reversed, changed } = await writeVariants(directory, file)
  const harvest = () => guiji.harvest({ state: 'succeeded', heldAfter: String(rows) })
  const sides: Side[] = [
    {
      name: 'divisions: raw COPY',
      prepare: () => makeRawTable(store, definition),
      run: () => copyFile(store, file, { columns: columns.join(', ') }),
    },
    {
      name: 'divisions: first load',
      prepare: async () => {
        await guiji.fresh()
        await drops.put(file)
      },
      run: harvest,
    },
    { name: 'divisions: unchanged, touched', prepare: () => drops.touch(), run: harvest },
    { name: 'divisions: reordered', prepare: () => drops.put(reversed), run: harvest },
    { name: 'divisions: 1 % changed, spread', prepare: () => drops.put(changed), run: harvest },
  ]
  return compare(sides, ground.rounds)
}

/** The file backwards, and the file with every hundredth name changed. */
async function writeVariants(directory: string, file: string) {
  const [header = '', ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const reversed = path.join(directory, 'divisions-reversed.csv')
  const changed = path.join(directory, 'divisions-changed.csv')
  await writeFile(reversed, `${[header, ...lines.toReversed()].join('\n')}\n`)
  const some = lines.map((line, at) => (at % 100 === 0 ? line.replace('",', '改",') : line))
  await writeFile(changed, `${[header, ...some].join('\n')}\n`)
  return { reversed, changed }
}

function spec(): DocumentSpec {
  const item = (code: string, at: number) => ({
    code,
    name: fields[at] ?? code,
    type: code === 'province_code' ? 'integer' : 'text',
    ...(at === 0 ? { key: true, semantic: 'division' } : { required: true }),
  })
  const parent = { name: 'parent', sql: 'left(code, 9) = street_code and left(code, 6) = area_code' }
  return {
    dataset: { code: 'divisions', name: '村级行政区划', items: columns.map(item), rules: [parent] },
    source: { kind: 'csv', config: { root: 'drops' } },
    read: { file: 'divisions.csv' },
    items: Object.fromEntries(columns.map((code, at) => [code, fields[at]])),
  }
}
