import { expect, test } from 'vitest'
import { town } from './town.ts'

const source = `source: { code: db, name: 民政库, department: mz, kind: postgres, config: { url: "env:DB" } }
`
const harvests = `harvests:
  - { dataset: homes, source: db, read: { table: public.homes } }
`

interface Run {
  readonly state: string
  readonly cause: string
  readonly heldAfter: string
  readonly error: { readonly code: string; readonly fact: string; readonly hint: string }
}

test('a database that refuses the password, is down or lost the table keeps what is published', async () => {
  await using place = await town()
  await place.write('sources/mz.yaml', source)
  await place.write('harvests/mz.yaml', harvests)
  await place.pool.query(`create table public.homes (id text primary key, title text);
    insert into public.homes values ('1', '阳光'), ('2', '安康')`)
  await place.json(['apply'])
  await place.json(['harvest', 'homes'], { env: { DB: place.url } })

  const failed = async (change: (url: URL) => void): Promise<Run> => {
    const url = new URL(place.url)
    change(url)
    await place.json(['harvest', 'homes'], { env: { DB: url.href }, code: 1 })
    const { runs } = await place.json<{ runs: Run[] }>(['runs', 'homes', '--limit', '1'])
    const { rows } = await place.pool.query('select id from mz.homes order by id')
    expect(rows).toEqual([{ id: '1' }, { id: '2' }])
    const [run] = runs
    if (run === undefined) throw new Error('no run is recorded')
    expect(run).toMatchObject({
      state: 'failed',
      heldAfter: '2',
      error: { hint: expect.stringMatching(/./) },
    })
    return run
  }
  const refused = await failed((url) => {
    url.password = 'hush-7131'
  })
  expect(refused).toMatchObject({
    cause: 'source-unreachable:credential',
    error: { code: 'SOURCE_CREDENTIAL', hint: expect.stringContaining('secret reference') },
  })
  expect(JSON.stringify(refused)).not.toContain('hush')
  const down = await failed((url) => {
    url.port = '1'
  })
  expect(down).toMatchObject({ cause: 'source-unreachable:refused', error: { code: 'SOURCE_REFUSED' } })
  await place.pool.query('alter table public.homes rename to houses')
  expect(await failed(() => {})).toMatchObject({
    cause: 'source-wrong:schema',
    error: { code: 'SOURCE_TABLE_UNKNOWN', fact: expect.stringContaining('public.homes') },
  })
})
