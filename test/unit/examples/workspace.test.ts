import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectors } from '../../../connectors/index.ts'
import { datasets } from '../../../examples/hengshui/list/the-list.ts'
import { writeWorkspace } from '../../../examples/hengshui/writing/write-workspace.ts'
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts'

const addresses = {
  database: { host: '127.0.0.1', port: 25432 },
  api: 'http://127.0.0.1:28080',
  files: '/data/hengshui/files',
}
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'guiji-hengshui-'))
  await writeWorkspace(directory, addresses, { from: '2025-06-01' })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test('the workspace is valid and complete: every dataset has its harvest, nothing is left to fill in', async () => {
  const loaded = await loadWorkspace(directory, connectors)
  expect(loaded.problems ?? []).toEqual([])
  const { workspace } = loaded
  if (workspace === undefined) return
  expect(workspace.departments).toHaveLength(15)
  expect(workspace.datasets).toHaveLength(123)
  expect(workspace.harvests.map((harvest) => harvest.dataset).sort()).toEqual(
    datasets.map((dataset) => dataset.code).sort(),
  )
  expect(loaded.unfinished).toEqual([])
  expect(new Set(workspace.datasets.map((dataset) => dataset.commitment.from))).toEqual(
    new Set(['2025-06-01']),
  )
})

test('mappings declare what the systems’ ways of writing need', async () => {
  const { workspace } = await loadWorkspace(directory, connectors)
  const harvest = (code: string) => workspace?.harvests.find((one) => one.dataset === code)
  expect(harvest('taxpayer')?.items.registered_on).toMatchObject({ from: 'djrq', format: 'yyyy年M月d日' })
  expect(harvest('taxpayer')?.items.credit_code).toMatchObject({ normalise: ['trim', 'halfwidth'] })
  expect(harvest('household_register')?.items.sex).toMatchObject({ from: 'xb', map: { 1: '男', 2: '女' } })
  expect(harvest('company')?.items.registered_capital).toMatchObject({ shift: 4 })
  expect(harvest('company')).toMatchObject({ mode: 'incremental', cursor: { field: 'gxsj' } })
  expect(harvest('vehicle_track')).toMatchObject({ mode: 'append', read: { file: 'clgj/*.csv' } })
  expect(harvest('school')?.items.school_code).toMatchObject({ from: '学校标识码' })
})

test('no secret stands in the documents, only references', async () => {
  const text = await readFile(join(directory, 'sources/housing_construction.yaml'), 'utf8')
  expect(text).toContain('secret: env:HENGSHUI_HOUSING_CONSTRUCTION_API')
  expect(text).toContain('合成数据')
})

test('writing it again gives the same bytes', async () => {
  const paths = [
    'guiji.yaml',
    'catalog/tax.yaml',
    'sources/tax.yaml',
    'harvests/tax.yaml',
    'list.csv',
    'list.xlsx',
  ]
  const read = () => Promise.all(paths.map((path) => readFile(join(directory, path))))
  const before = await read()
  await writeWorkspace(directory, addresses, { from: '2025-06-01' })
  expect(await read()).toEqual(before)
})

test('the published list names all datasets with their cycles, in GB18030', async () => {
  const text = new TextDecoder('gb18030', { fatal: true }).decode(await readFile(join(directory, 'list.csv')))
  expect(text).toContain('提供单位,共享信息名称,数据项,共享类型')
  for (const dataset of datasets) expect(text).toContain(`${dataset.name},`)
  expect(text.trimEnd().split('\r\n')).toHaveLength(124)
})
