import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf, openRejects, rowsOf } from './books.ts'
import { type City, city, datasetOf, harvestOf } from './city.ts'

let town: City
beforeAll(async () => {
  town = await city()
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const items = [
  { code: 'id', type: 'text', key: true },
  { code: 'name', type: 'text' },
] as const

async function first(code: string, content: string | Buffer, read: object = {}) {
  await town.apply([datasetOf(code, items)], [harvestOf(code, { file: `${code}.csv`, ...read })])
  await town.write(`${code}.csv`, content)
  return await town.harvest(code)
}

async function next(code: string, content: string | Buffer) {
  await town.write(`${code}.csv`, content)
  const summary = await town.harvest(code)
  expect(await faultsOf(town.database.pool, code)).toEqual([])
  return summary
}

const rows = (code: string) => rowsOf(town.database.pool, `store.${code}`, ['id', 'name'])

describe('bad input is told, kept whole, and costs no row that is held', () => {
  it('a column that was lost or renamed', async () => {
    await first('renamed', 'id,name\n1,甲\n')
    const summary = await next('renamed', 'id,title\n1,甲\n2,乙\n')
    expect(summary).toMatchObject({
      state: 'failed',
      cause: 'source-wrong:schema',
      error: { code: 'SOURCE_FIELD_LOST' },
    })
    expect(summary.error?.fact).toMatch(/"name".*id, title/)
    expect(await rows('renamed')).toEqual([{ id: '1', name: '甲' }])
  })

  it('a header whose names changed places over the same bytes', async () => {
    await first('swapped', 'id,name\n1,2\n')
    expect(await next('swapped', 'name,id\n1,2\n')).toMatchObject({
      state: 'succeeded',
      inserted: '1',
      deleted: '1',
    })
    expect(await rows('swapped')).toEqual([{ id: '2', name: '1' }])
  })

  it('a column that was added: nothing changed', async () => {
    await first('wider', 'id,name\n1,甲\n')
    expect(await next('wider', 'id,name,age\n1,甲,30\n')).toMatchObject({
      unchanged: '1',
      updated: '0',
      inserted: '0',
    })
  })

  it('a wrong declared encoding', async () => {
    const gbk = Buffer.from([
      0x69, 0x64, 0x2c, 0x6e, 0x61, 0x6d, 0x65, 0x0a, 0x31, 0x2c, 0xbc, 0xd7, 0x0a, 0x32, 0x2c, 0x61, 0x0a,
      0x33, 0x2c, 0x62, 0x0a,
    ])
    expect(await first('wrongly', gbk, { encoding: 'utf-8' })).toMatchObject({ inserted: '2', rejected: '1' })
    expect(await openRejects(town.database.pool, 'wrongly')).toMatchObject([
      { reason: 'encoding', raw: '1,\xbc\xd7' },
    ])
  })

  it('NUL, invalid bytes, ragged lines and a stray quote, each read back byte for byte', async () => {
    const content = Buffer.from(
      'id,name\n1,a\n2,b\0b\n3,\xff\xfe\n4\n5,a,b\n6,"x"y\n7,c\n8,d\n9,e\n10,f\n11,g\n',
      'latin1',
    )
    expect(await first('dirty', content, { encoding: 'utf-8' })).toMatchObject({
      state: 'succeeded',
      read: '11',
      rejected: '5',
      inserted: '6',
    })
    const open = await openRejects(town.database.pool, 'dirty')
    expect(
      open
        .map(({ raw, reason, place }) => [place.line, reason, raw])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
    ).toEqual([
      [3, 'nul', '2,b\0b'],
      [4, 'encoding', '3,\xff\xfe'],
      [5, 'ragged', '4'],
      [6, 'ragged', '5,a,b'],
      [7, 'malformed', '6,"x"y'],
    ])
    expect(open.every(({ place }) => place.file === 'dirty.csv')).toBe(true)
    expect(await faultsOf(town.database.pool, 'dirty')).toEqual([])
  })

  it('a key that occurs twice: the first record counts, over many chunks too', async () => {
    const lines = ['id,name']
    for (let id = 0; id < 90_000; id += 1) lines.push(`${id},first ${'x'.repeat(60)}`)
    for (let id = 0; id < 90_000; id += 900) lines.push(`${id},second`, `${id},first ${'x'.repeat(60)}`)
    expect(await first('twice', `${lines.join('\n')}\n`)).toMatchObject({
      state: 'succeeded',
      inserted: '90000',
      rejected: '100',
      duplicate: '100',
    })
    const { rows: wrong } = await town.database.pool.query(`select id from store.twice where name = 'second'`)
    expect(wrong).toEqual([])
    const open = await openRejects(town.database.pool, 'twice')
    expect(open).toHaveLength(100)
    expect(open[0]).toMatchObject({
      reason: 'key-conflict',
      raw: expect.stringMatching(/,second$/),
      place: { file: 'twice.csv' },
    })
    expect(await faultsOf(town.database.pool, 'twice')).toEqual([])
  })

  it('a key longer than an index can hold', async () => {
    const long = createHash('shake256', { outputLength: 5000 }).update('key').digest('hex')
    expect(await first('long', `id,name\n1,a\n${long},b\n3,c\n`)).toMatchObject({
      state: 'succeeded',
      inserted: '2',
      rejected: '1',
    })
    expect(await next('long', `id,name\n1,a\n${long}${long},b\n3,cc\n`)).toMatchObject({
      state: 'succeeded',
      updated: '1',
      rejected: '1',
    })
  })

  it('a rule that breaks on one record', async () => {
    await town.apply(
      [
        datasetOf(
          'ruled',
          [
            { code: 'id', type: 'integer', key: true },
            { code: 'part', type: 'integer' },
          ],
          {
            rules: [{ name: 'share', sql: '100 / part > 1' }],
          },
        ),
      ],
      [harvestOf('ruled', { file: 'ruled.csv' })],
    )
    await town.write('ruled.csv', 'id,part\n1,10\n2,0\n3,90\n4,5\n5,4\n')
    expect(await town.harvest('ruled')).toMatchObject({ state: 'succeeded', inserted: '3', rejected: '2' })
    await town.write('ruled.csv', 'id,part\n1,10\n3,20\n4,5\n5,0\n6,3\n')
    expect(await town.harvest('ruled')).toMatchObject({ state: 'succeeded', inserted: '2', rejected: '1' })
  })

  it('a rule with a negation, in both lanes', async () => {
    const items = [
      { code: 'id', type: 'integer', key: true },
      { code: 'least', type: 'integer' },
      { code: 'most', type: 'integer' },
    ] as const
    const rules = [{ name: 'order', sql: 'not (least > most)' }]
    const trimmed = { items: { least: { normalise: ['trim'] } } } as const
    await town.apply(
      [datasetOf('ranges', items, { rules }), datasetOf('ranges_rows', items, { rules })],
      [
        harvestOf('ranges', { file: 'ranges.csv' }),
        harvestOf('ranges_rows', { file: 'ranges.csv' }, trimmed),
      ],
    )
    await town.write('ranges.csv', 'id,least,most\n1,1,2\n2,3,2\n3,,2\n')
    for (const code of ['ranges', 'ranges_rows']) {
      expect(await town.harvest(code)).toMatchObject({ state: 'succeeded', inserted: '2', rejected: '1' })
    }
  })

  it('names of eighty characters with quotes and SQL in them', async () => {
    const name = `${'归集'.repeat(30)}"; drop table store.named; --'\\`
    const named = datasetOf(
      'named',
      [
        { code: 'id', type: 'text', key: true, name, description: name },
        { code: 'name', type: 'text', name: `${name}2`, pattern: "[^']*" },
      ],
      { name, summary: name },
    )
    const twin = datasetOf('namesake', [{ code: 'id', type: 'text', name }], { name: `${name}2` })
    await town.apply(
      [named, twin],
      [harvestOf('named', { file: 'named.csv' }), harvestOf('namesake', { file: 'named.csv' })],
    )
    await town.write('named.csv', 'id,name\n1,"; drop table store.named; --"\n')
    expect(await town.harvest('named')).toMatchObject({ state: 'succeeded', inserted: '1' })
    expect(await town.harvest('namesake')).toMatchObject({ state: 'succeeded', inserted: '1' })
    const { rows: views } = await town.database.pool.query<{ viewname: string }>(
      `select viewname from pg_views where schemaname = 'dsj' and viewname like '归集%' order by 1`,
    )
    expect(views).toHaveLength(2)
    for (const view of views) {
      const { rows: seen } = await town.database.pool.query(
        `select * from dsj."${view.viewname.replaceAll('"', '""')}"`,
      )
      expect(seen).toHaveLength(1)
    }
  })

  it('JSON numbers beyond 2^53 and decimals of 30 digits are stored as written', async () => {
    await town.apply(
      [
        datasetOf('exact', [
          { code: 'id', type: 'integer', key: true },
          { code: 'amount', type: 'decimal' },
          { code: 'text', type: 'text' },
        ]),
      ],
      [harvestOf('exact', { file: 'exact.json' }, { source: 'records' })],
    )
    await town.write(
      'exact.json',
      '[{"id":9007199254740993,"amount":123456789012345678901234567890.123,"text":9007199254740993.10},{"id":1,"amount":"0.10","text":"\\ud800"}]',
    )
    expect(await town.harvest('exact')).toMatchObject({ inserted: '1', rejected: '1' })
    expect(await rowsOf(town.database.pool, 'store.exact', ['id', 'amount', 'text'])).toEqual([
      { id: '9007199254740993', amount: '123456789012345678901234567890.123', text: '9007199254740993.10' },
    ])
  })

  it('JSON nested deeper than any parser likes', async () => {
    await town.apply(
      [
        datasetOf('deep', [
          { code: 'id', type: 'integer', key: true },
          { code: 'tree', type: 'json' },
        ]),
      ],
      [harvestOf('deep', { file: 'deep.csv' })],
    )
    await town.write('deep.csv', `id,tree\n1,${'['.repeat(50_000)}${']'.repeat(50_000)}\n2,[]\n3,{}\n`)
    expect(await town.harvest('deep')).toMatchObject({ state: 'succeeded', inserted: '2', rejected: '1' })
    expect(await openRejects(town.database.pool, 'deep')).toMatchObject([{ reason: 'type', column: 'tree' }])
  })
})

describe('a list that changes', () => {
  it('adds, widens and retires items of a table that analysts look at', async () => {
    const list = (type: 'integer' | 'decimal' | 'text', more: readonly { code: string; type: 'text' }[]) =>
      town.apply(
        [datasetOf('moving', [{ code: 'id', type, key: true }, ...more])],
        [harvestOf('moving', { file: 'moving.csv' })],
      )
    await list('integer', [{ code: 'name', type: 'text' }])
    await town.write('moving.csv', 'id,name,more\n1,a,x\n2,b,y\n')
    expect(await town.harvest('moving')).toMatchObject({ inserted: '2' })
    await list('decimal', [
      { code: 'name', type: 'text' },
      { code: 'more', type: 'text' },
    ])
    expect(await town.harvest('moving')).toMatchObject({ state: 'succeeded', updated: '2' })
    expect(await rowsOf(town.database.pool, 'dsj.moving', ['id', 'more'])).toEqual([
      { id: '1', more: 'x' },
      { id: '2', more: 'y' },
    ])
    await list('text', [{ code: 'more', type: 'text' }])
    expect(await town.harvest('moving')).toMatchObject({ state: 'succeeded', unchanged: '2' })
    expect(await rowsOf(town.database.pool, 'dsj.moving', ['id', 'more'])).toHaveLength(2)
    expect(await faultsOf(town.database.pool, 'moving')).toEqual([])
  })
})
