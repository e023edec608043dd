import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Workspace } from '../../../catalog-schema/documents/documents.ts'
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts'
import { connectorKinds } from './connector-kinds.ts'
import { smallWorkspace, temporaryDirectory } from './written-workspace.ts'

async function load(directory: string): Promise<Workspace> {
  const { workspace, problems } = await loadWorkspace(directory, connectorKinds)
  if (!workspace) throw new Error(problems.map((problem) => problem.message('en')).join('\n'))
  return workspace
}

async function codesFor(directory: string): Promise<string[]> {
  const { problems = [] } = await loadWorkspace(directory, connectorKinds)
  return problems.map((problem) => `${problem.file}:${problem.line} ${problem.code}`)
}

test('short forms are spelled out and defaults filled in', async () => {
  const workspace = await load(smallWorkspace)
  expect(workspace.settings).toEqual({
    name: '测试市政务数据归集',
    language: 'zh',
    timeZone: 'Asia/Shanghai',
    calendar: 'cn',
    concurrency: 2,
    history: { runs: 'P3Y', chunks: 'P90D', slots: 'P90D', rejects: 'P1Y', days: 'P10Y' },
  })
  expect(workspace.datasets.map(({ code, department }) => [code, department])).toEqual([
    ['hukou', 'gongan'],
    ['inspection', 'minzheng'],
    ['traffic_event', 'gongan'],
  ])
  const [hukou, inspection, traffic] = workspace.datasets
  expect(hukou?.commitment).toEqual({
    cycle: 'daily',
    from: '2025-08-01',
    timeZone: 'Asia/Shanghai',
    calendar: 'cn',
    dueTime: '08:00',
    dueAfterDays: 1,
    grace: {},
    satisfiedBy: 'check',
  })
  expect(hukou?.sharing).toMatchObject({ type: 'conditional', methods: ['batch'] })
  expect(hukou?.grading).toEqual({ class: '人口', level: 'important' })
  expect(hukou?.items[0]).toMatchObject({ type: 'text', key: true, required: true })
  expect(inspection?.commitment).toMatchObject({
    cycle: 'annual',
    dueAfterDays: 30,
    grace: { workingDays: 5 },
  })
  expect(traffic).toMatchObject({
    format: 'api',
    commitment: { cycle: 'realtime', maxLag: 'PT15M', dueAfterDays: 0 },
    sharing: { methods: ['api', 'file'] },
    partition: { by: 'passed_at', every: 'month' },
    rules: [],
  })
})

test('mappings keep code tables as written, leading zeros too', async () => {
  const [hukou, inspection] = (await load(smallWorkspace)).harvests
  expect(hukou?.items).toMatchObject({
    citizen_id: { from: 'sfzh', normalise: [], empty: 'null', nulls: [] },
    gender: { from: 'xb', empty: 'null', map: { '01': '1', 男: '1' } },
  })
  expect(hukou?.deletions).toEqual({ maxShare: 0.05, minRows: 100, keep: 'P7D' })
  expect(inspection).toMatchObject({ mode: 'snapshot', enabled: true, items: {} })
  expect((await load(smallWorkspace)).sources.map(({ politeness }) => politeness)).toEqual([
    { connections: 1, hours: '20:00-06:00' },
    { connections: 2 },
  ])
})

test('JSON documents load to the same workspace as YAML ones', async () => {
  await using directory = await temporaryDirectory()
  await cp(smallWorkspace, directory.path, { recursive: true })
  for (const file of await readdir(directory.path, { recursive: true })) {
    if (!file.endsWith('.yaml')) continue
    const path = join(directory.path, file)
    const value: unknown = parse((await readFile(path, 'utf8')).replace('01: "1"', '"01": "1"'))
    await writeFile(path.replace(/yaml$/, 'json'), JSON.stringify(value, null, '\t'))
    await rm(path)
  }
  const { directory: _, ...fromJson } = await load(directory.path)
  const { directory: __, ...fromYaml } = await load(smallWorkspace)
  expect(fromJson).toEqual(fromYaml)
})

test('a directory without guiji.yaml is no workspace', async () => {
  await using directory = await temporaryDirectory()
  expect(await codesFor(directory.path)).toEqual(['guiji.yaml:1 DOCUMENT_MISSING'])
  expect(await codesFor(join(directory.path, 'not-there'))).toEqual(['guiji.yaml:1 DOCUMENT_MISSING'])
})

test('a byte order mark and Windows line ends change nothing', async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, 'guiji.yml'), '\ufeffname: 甲\r\ntimeZone: Asia/Urumqi\r\n')
  expect((await load(directory.path)).settings).toMatchObject({ name: '甲', timeZone: 'Asia/Urumqi' })
})

test('a file in which everything is commented out holds nothing', async () => {
  await using directory = await temporaryDirectory()
  await mkdir(join(directory.path, 'catalog'))
  await writeFile(join(directory.path, 'guiji.yaml'), 'name: a\n')
  await writeFile(join(directory.path, 'catalog/later.yaml'), '# department:\n')
  expect((await load(directory.path)).departments).toEqual([])
})

test('files that say the same twice, or are no text, are refused', async () => {
  await using directory = await temporaryDirectory()
  await mkdir(join(directory.path, 'catalog'))
  await writeFile(join(directory.path, 'guiji.yaml'), 'name: a\n')
  await writeFile(join(directory.path, 'guiji.json'), '{"name": "a"}')
  await writeFile(join(directory.path, 'catalog/gbk.yaml'), Buffer.from('c4e3bac3', 'hex'))
  expect(await codesFor(directory.path)).toEqual([
    'catalog/gbk.yaml:1 DOCUMENT_UNREADABLE',
    'guiji.yaml:1 DOCUMENT_TWICE',
  ])
})

test('aliases that multiply without end are an error, not a hang', async () => {
  await using directory = await temporaryDirectory()
  const levels = Array.from({ length: 12 }, (_, level) => {
    const alias = level === 0 ? 'x' : `*l${level - 1}`
    return `l${level}: &l${level} [${Array(10).fill(alias).join(', ')}]`
  })
  await writeFile(join(directory.path, 'guiji.yaml'), levels.join('\n'))
  expect(await codesFor(directory.path)).toEqual(['guiji.yaml:1 YAML_SYNTAX'])
})

test('places still marked 待补 are told beside a valid workspace', async () => {
  await using directory = await temporaryDirectory()
  await cp(smallWorkspace, directory.path, { recursive: true })
  const path = join(directory.path, 'catalog/minzheng.yaml')
  await writeFile(
    path,
    (await readFile(path, 'utf8')).replace('level: 一般数据', 'level: 一般数据 # 待补：分级'),
  )
  const { unfinished = [] } = await loadWorkspace(directory.path, connectorKinds)
  expect(unfinished.map(({ file, line, column, found }) => [file, line, column, found])).toEqual([
    ['catalog/minzheng.yaml', 16, 19, '分级'],
  ])
})
