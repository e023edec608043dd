import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { guiji, guijiJson, startGuiji } from './guiji.ts'
import { harvestedTown } from './town.ts'

test('a dataset is exported whole, by codes or by titles, to a file or a pipe', async () => {
  await using place = await harvestedTown()
  const piped = await place.guiji(['export', 'homes'])
  expect(piped).toMatchObject({ code: 0, out: 'id,title\n1,阳光\n2,"安康, 分院"\n', err: '' })
  const file = path.join(place.directory, 'homes.csv')
  const told = await place.guiji(['export', 'homes', '--titles', '--bom', '--to', file])
  expect(told).toMatchObject({ code: 0, out: '', err: `2 rows written to ${file}\n` })
  expect(await readFile(file, 'utf8')).toBe('\ufeff编号,名称\n1,阳光\n2,"安康, 分院"\n')
  await place.pool.query('drop view mz.homes')
  const failed = await place.guiji(['export', 'homes', '--to', file])
  expect(failed.code).toBe(1)
  expect((await readdir(place.directory)).filter((name) => name.startsWith('homes.csv'))).toEqual([
    'homes.csv',
  ])
  expect(await readFile(file, 'utf8')).toContain('阳光')
})

test('all rejects go to a CSV file for the department', async () => {
  await using place = await harvestedTown()
  const file = path.join(place.directory, 'rejects.csv')
  const { code } = await place.guiji(['rejects', 'people', '--export', file], { lang: 'zh' })
  expect(code).toBe(0)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(lines[0]).toBe('\ufeff编号,共享信息,位置,原因,数据项,值,说明,原始记录')
  expect(lines).toHaveLength(5)
  expect(lines.slice(1).join('\n')).toContain('"902,坏,1980-13-02,1"')
})

test('a published list becomes a workspace; a word nobody knows stops it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'guiji-init-'))
  try {
    const list = path.join(folder, 'list.csv')
    const header = '提供单位,共享信息名称,数据项,共享类型,更新周期\n'
    await writeFile(list, `${header}市民政局,低保对象信息,"姓名、出生日期",无条件共享,每天一次\n`)
    const city = path.join(folder, 'city')
    const refused = await guiji(['init', city, '--from', list], { lang: 'zh' })
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('list.csv:2:5')
    expect(refused.err).toContain('每天一次')
    await expect(access(city)).rejects.toThrow('ENOENT')
    await writeFile(list, `${header}市民政局,低保对象信息,"姓名、出生日期",无条件共享,每日\n`)
    const made = await guijiJson<Record<string, unknown>>(['init', city, '--from', list])
    expect(made).toMatchObject({ departments: 1, datasets: 1 })
    const twice = await guiji(['init', city, '--from', list])
    expect(twice).toMatchObject({ code: 2, out: '' })
    expect(twice.err).toContain('error WORKSPACE_EXISTS')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the store held open can be read by the address it gives, and closes on a signal', async () => {
  await using place = await harvestedTown()
  const running = startGuiji(['--workspace', place.directory, '--store', place.url, 'store', 'up', '--json'])
  await running.until('}\n')
  const client = new pg.Client({
    connectionString: (JSON.parse(running.said()) as { analyst: string }).analyst,
  })
  await client.connect()
  expect((await client.query('select count(*)::int as count from mz.homes')).rows).toEqual([{ count: 2 }])
  await client.end()
  running.child.kill('SIGINT')
  expect((await running.finished).code).toBe(0)
})

test('an address is the same each time, different for each role, and never the owner’s', async () => {
  await using place = await harvestedTown()
  const urls: string[] = []
  for (const role of ['analyst', 'analyst', 'reader', 'owner'])
    urls.push((await place.json<{ url: string }>(['store', 'url', '--role', role])).url)
  expect(urls[1]).toBe(urls[0])
  expect(urls[3]).toBe(place.url)
  const passwords = urls.slice(1).map((url) => new URL(url).password)
  expect(new Set(passwords).size).toBe(3)
  const wrong = await place.guiji(['store', 'url', '--role', 'king'])
  expect(wrong.err).toContain(
    'error COMMAND_VALUE: --role is "king"\nhint: write owner, reader, analyst, steward',
  )
  expect(wrong.code).toBe(2)
})
