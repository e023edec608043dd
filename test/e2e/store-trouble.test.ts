import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import {
  isRoot,
  nobodyLeft,
  postmasterOf,
  processesOf,
  until,
  workspace,
} from '../integration/store-server/workspace.ts'
import { guiji, guijiJson, startGuiji } from './guiji.ts'

const run = promisify(execFile)

const documents = {
  'guiji.yaml': 'name: 小城\n',
  'catalog/mz.yaml': `department: { code: mz, name: 市民政局 }
datasets:
  - code: homes
    name: 养老机构信息
    format: text
    sharing: { type: 无条件共享, methods: [文件下载], conditions: 无 }
    grading: { class: 公共数据, level: 一般 }
    commitment: 每日
    items:
      - { code: id, name: 编号, type: integer, key: true }
      - { code: title, name: 名称 }
`,
  'sources/mz.yaml':
    'source: { code: files, name: 文件, department: mz, kind: csv, config: { root: drops } }\n',
  'harvests/mz.yaml': 'harvests: [{ dataset: homes, source: files, read: { file: homes.csv } }]\n',
}

/** Texts that do not compress, so that rows take their room on the disk. */
function homesCsv(count: number, word: string): string {
  const lines = ['id,title']
  for (let id = 0; id < count; id += 1) lines.push(`${id},${word} ${id} ${'养老院'.repeat(10)}`)
  return `${lines.join('\n')}\n`
}

/** A workspace with a store of its own: the embedded one. */
async function writeCity(directory: string): Promise<void> {
  for (const [file, text] of Object.entries(documents)) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true })
    await writeFile(path.join(directory, file), text)
  }
  await mkdir(path.join(directory, 'drops'))
}

interface Summary {
  readonly runs: readonly { readonly state: string; readonly updated: string; readonly heldAfter: string }[]
}

test('the store killed in mid-run: told with its address and what to do; the next harvest agrees', async () => {
  await using place = await workspace()
  const { directory } = place
  await writeCity(directory)
  const csv = path.join(directory, 'drops', 'homes.csv')
  await writeFile(csv, homesCsv(1000, 'one'))
  await guijiJson(['apply', '--workspace', directory])
  await guijiJson(['harvest', 'homes', '--workspace', directory])

  await writeFile(csv, homesCsv(200_000, 'two'))
  const running = startGuiji(['harvest', 'homes', '--json', '--workspace', directory])
  await running.until('"event":"planned"')
  process.kill(await postmasterOf(directory), 'SIGKILL')
  const { code, out } = await running.finished
  expect(code, out).toBe(1)
  const [told, summary] = out.trimEnd().split('\n').slice(-2)
  expect(JSON.parse(told ?? '')).toEqual({
    event: 'not-run',
    dataset: 'homes',
    error: {
      code: 'STORE_LOST',
      fact: expect.stringMatching(/^the connection to the store at 127\.0\.0\.1:\d+\/guiji broke: ./),
      hint: expect.stringContaining('run the command again'),
    },
  })
  expect(JSON.parse(summary ?? '')).toEqual({ event: 'summary', runs: [] })
  await until(() => processesOf(directory), nobodyLeft)
  const seen = await guiji(['query', 'select count(*) as n from mz.homes', '--csv', '--workspace', directory])
  expect(seen.out).toMatch(/^n\r?\n1000\r?\n$/)

  const again = await guijiJson<Summary>(['harvest', 'homes', '--workspace', directory])
  expect(again.runs).toMatchObject([{ state: 'succeeded', updated: '1000', heldAfter: '200000' }])
  const { runs } = await guijiJson<Summary>(['runs', 'homes', '--workspace', directory])
  expect(runs.map(({ state }) => state)).toEqual(['succeeded', 'lost', 'succeeded'])
  expect((await guiji(['verify', '--workspace', directory])).code).toBe(0)
  await until(() => processesOf(directory), nobodyLeft)
}, 120_000)

test('the disk of the store full in mid-run: told, and what was published stands', async ({ skip }) => {
  if (!isRoot) skip('only root can mount a small disk')
  await using place = await workspace()
  const { directory } = place
  await writeCity(directory)
  const disk = path.join(directory, '.guiji')
  await mkdir(disk)
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=150m', 'tmpfs', disk]).catch(() => undefined)
  if (mounted === undefined) skip('this machine lets nobody mount a small disk')
  const drops = path.join(directory, 'drops')
  try {
    await writeFile(path.join(drops, 'homes.csv'), homesCsv(1000, 'one'))
    await guijiJson(['apply', '--workspace', directory])
    await guijiJson(['harvest', 'homes', '--workspace', directory])
    await writeFile(path.join(drops, 'homes.csv'), homesCsv(1_500_000, 'two'))
    const { code, out, err } = await guiji(['harvest', 'homes', '--workspace', directory])
    expect(code, out + err).toBe(1)
    expect(out + err).toMatch(/STORE_DISK_FULL|no space left/)
    expect(out + err).toContain('free space')
    // There is room again.
    await run('mount', ['-o', 'remount,size=600m', disk])
    await writeFile(path.join(drops, 'homes.csv'), homesCsv(1001, 'one'))
    const again = await guijiJson<Summary>(['harvest', 'homes', '--workspace', directory])
    expect(again.runs).toMatchObject([{ state: 'succeeded', heldAfter: '1001', updated: '0' }])
    expect((await guiji(['verify', '--workspace', directory])).code).toBe(0)
    await until(() => processesOf(directory), nobodyLeft)
  } finally {
    await run('umount', ['-l', disk])
  }
}, 120_000)
