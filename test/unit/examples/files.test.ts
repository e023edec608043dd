import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGb18030 } from '../../../examples/hengshui/gb18030.ts'
import { datasetByCode } from '../../../examples/hengshui/list/the-list.ts'
import { writeFiles } from '../../../examples/hengshui/systems/files.ts'

const scale = 20_000
const never = new AbortController().signal
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'guiji-hengshui-'))
  await writeFiles(directory, scale, 1, never)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function contents(): Promise<Map<string, Buffer>> {
  const names = await readdir(directory, { recursive: true })
  const files = names.filter((name) => /\.(csv|jsonl|json|xlsx)$/.test(name) && !name.startsWith('.')).sort()
  return new Map(
    await Promise.all(files.map(async (name) => [name, await readFile(join(directory, name))] as const)),
  )
}

async function times(): Promise<Map<string, number>> {
  const names = [...(await contents()).keys()]
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, (await stat(join(directory, name))).mtimeMs] as const),
    ),
  )
}

test('a drop in GB18030 has the source’s column names and Chinese dates', async () => {
  const bytes = await readFile(join(directory, 'tax/drop/swdj.csv'))
  const text = new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  const fields = datasetByCode('taxpayer').items.map((item) => item.field)
  expect(text.startsWith(`${fields.join(',')}\r\n`)).toBe(true)
  expect(text).toMatch(/,\d{4}年\d{1,2}月\d{1,2}日,/)
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow()
})

test('JSON Lines and JSON arrays parse, with numbers as numbers', async () => {
  const lines = (await readFile(join(directory, 'civil_affairs/lines/hydj.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
  expect(lines.map((line) => JSON.parse(line))).toHaveLength(lines.length)
  const folder = join(directory, 'emergency_management/lines/yqjc')
  const [first = ''] = (await readdir(folder)).sort()
  const body = JSON.parse(await readFile(join(folder, first), 'utf8'))
  expect(body.data.rows).toHaveLength(body.data.total)
  expect(typeof body.data.rows[0].jyl).toBe('number')
})

test('writing the same day again touches no file, record or no record of it', async () => {
  const before = await times()
  expect((await writeFiles(directory, scale, 1, never)).written).toBe(0)
  await rm(join(directory, '.written.json'))
  expect((await writeFiles(directory, scale, 1, never)).written).toBe(0)
  expect(await times()).toEqual(before)
})

test('a file that was damaged or lost is written again', async () => {
  const path = join(directory, 'tax/drop/swdj.csv')
  const good = await readFile(path)
  await rm(path)
  expect((await writeFiles(directory, scale, 1, never)).written).toBe(1)
  expect(await readFile(path)).toEqual(good)
})

test('the next day adds one file of events, leaves the old ones alone, and going back restores all', async () => {
  const before = await contents()
  const old = new Date('2025-06-20T00:00:00Z')
  for (const name of before.keys()) await utimes(join(directory, name), old, old)
  const { written } = await writeFiles(directory, scale, 2, never)
  const after = await contents()
  const fresh = [...after.keys()].filter((name) => !before.has(name))
  const changed = [...after].filter(([name, bytes]) => before.get(name)?.equals(bytes) === false)
  expect(fresh).toContain('transport/drop/clgj/clgj_20250621.csv')
  expect(fresh.every((name) => name.includes('20250621'))).toBe(true)
  expect(changed.length + fresh.length).toBe(written)
  expect(changed.some(([name]) => /\d{8}/.test(name))).toBe(false)
  for (const [name, time] of await times()) {
    if (before.has(name) && !changed.some(([other]) => other === name))
      expect([name, time]).toEqual([name, old.getTime()])
  }
  await writeFiles(directory, scale, 1, never)
  expect(await contents()).toEqual(before)
})

test('GB18030 holds every character: two bytes, four bytes, beyond the basic plane', () => {
  const wrong: string[] = []
  const check = (text: string): void => {
    if (new TextDecoder('gb18030').decode(encodeGb18030(text)) !== text) wrong.push(text)
  }
  for (let row = 0; row < 0x100; row += 1) {
    // Surrogates are halves of characters; private use has gaps in GB18030.
    if (row >= 0xd8 && row <= 0xf8) continue
    let text = '|'
    for (let cell = 0; cell < 0x100; cell += 1) text += String.fromCharCode(row * 0x100 + cell)
    check(text)
  }
  check('𠮷|😀|\u{10ffff}|')
  expect(wrong).toEqual([])
  expect(encodeGb18030('归集€é').toString('hex')).toBe('b9e9bcafa2e3a8a6')
  expect(() => encodeGb18030('\ue5e5')).toThrow(RangeError)
})
