import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Workspace } from '../../../catalog-schema/documents/documents.ts'
import { parseCsv } from '../../../src/init/parse-csv.ts'
import { diffWorkspaces } from '../../../src/workspace/diff-workspace.ts'
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts'
import { formatProblem } from '../../../src/workspace/problem.ts'
import { connectorKinds } from '../workspace/connector-kinds.ts'
import { temporaryDirectory } from '../workspace/written-workspace.ts'
import { init, initProblems, publishedList, writeList } from './list-workspace.ts'

async function load(directory: string): Promise<Workspace> {
  const { workspace, problems } = await loadWorkspace(directory, connectorKinds)
  if (!workspace) throw new Error(problems.map((one) => formatProblem(one, 'en')).join('\n'))
  return workspace
}

/** All documents of a workspace, by name. */
async function documentsOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory, { recursive: true }))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
  const texts = names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

test('a published list becomes a valid workspace that says what is left to fill in', async () => {
  await using directory = await temporaryDirectory()
  const done = await init({ directory: directory.path, from: publishedList })
  expect(done).toMatchObject({ departments: 3, datasets: 5, ignoredColumns: [] })
  expect(done.written).toEqual([
    'guiji.yaml',
    'catalog/shigonganju.yaml',
    'catalog/shijiaotongyunshuju.yaml',
    'catalog/shiminzhengju.yaml',
  ])
  const workspace = await load(directory.path)
  const summary = workspace.datasets.map((one) => [
    one.department,
    one.name,
    one.commitment.cycle,
    one.sharing.type,
    one.sharing.methods.join(),
    one.items.map(({ name }) => name).join('|'),
  ])
  expect(summary).toMatchSnapshot()
  const { unfinished } = await loadWorkspace(directory.path, connectorKinds)
  expect(unfinished?.map((one) => formatProblem(one, 'zh'))).toEqual(
    done.unfinished.map((one) => formatProblem(one, 'zh')),
  )
  expect(formatProblem(done.unfinished[0] ?? expect.fail('nothing is left'), 'zh')).toBe(
    'catalog/shigonganju.yaml:14:22 待补：使用条件；填入真实内容并删去注释',
  )
})

test('the documents of a department', async () => {
  await using directory = await temporaryDirectory()
  await init({ directory: directory.path, from: publishedList })
  expect((await documentsOf(directory.path))['catalog/shiminzhengju.yaml']).toMatchSnapshot()
})

test('init, load, and nothing differs', async () => {
  await using directory = await temporaryDirectory()
  await init({ directory: directory.path, from: publishedList })
  const workspace = await load(directory.path)
  expect(diffWorkspaces(workspace, await load(directory.path))).toEqual([])
  expect(diffWorkspaces(undefined, workspace)).toHaveLength(1 + 3 + 5)
})

test('an English workspace holds English words and says the same', async () => {
  await using zh = await temporaryDirectory()
  await using en = await temporaryDirectory()
  await init({ directory: zh.path, from: publishedList })
  await init({ directory: en.path, from: publishedList, language: 'en' })
  expect((await documentsOf(en.path))['catalog/shigonganju.yaml']).toContain('commitment: daily\n')
  expect((await load(en.path)).datasets).toEqual((await load(zh.path)).datasets)
})

describe('the same list in other forms gives the same documents', () => {
  const forms: readonly [string, (text: string) => Buffer | Promise<Buffer>][] = [
    ['UTF-8 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16 with tabs', (text) => Buffer.from(`\ufeff${toTabs(text)}`, 'utf16le')],
    ['GB18030', () => readFile(publishedList.replace('.csv', '.gb18030.csv'))],
    ['Windows line ends', (text) => Buffer.from(text.replaceAll('\n', '\r\n'))],
  ]
  test.each(forms)('%s', async (_, encode) => {
    await using plain = await temporaryDirectory()
    await using other = await temporaryDirectory()
    await init({ directory: join(plain.path, 'city'), from: publishedList })
    const from = join(other.path, 'list.csv')
    await writeFile(from, await encode(await readFile(publishedList, 'utf8')))
    await init({ directory: join(other.path, 'city'), from })
    expect(await documentsOf(join(other.path, 'city'))).toEqual(await documentsOf(join(plain.path, 'city')))
  })

  test('a workbook, through the reader that is given', async () => {
    await using plain = await temporaryDirectory()
    await using other = await temporaryDirectory()
    const readSheet = async (path: string) => {
      expect(path).toBe('/lists/清单.xlsx')
      return parseCsv(await readFile(publishedList, 'utf8'), ',') as string[][]
    }
    await init({ directory: join(plain.path, 'city'), from: publishedList })
    await init({ directory: join(other.path, 'city'), from: '/lists/清单.xlsx', readSheet })
    expect(await documentsOf(join(other.path, 'city'))).toEqual(await documentsOf(join(plain.path, 'city')))
  })

  function toTabs(text: string): string {
    const rows = parseCsv(text, ',') as string[][]
    return rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join('\t')).join('\n')
  }
})

test('a list with one row per item', async () => {
  await using directory = await temporaryDirectory()
  const from = await writeList(directory.path, [
    '责任部门,数据目录名称,信息项,更新频率,共享属性,共享方式,使用条件,共享范围,使用用途',
    '民政局,低保对象,姓名,每月,有条件共享,批量交换,依法使用,各部门,救助',
    ',,身份证号,,,,,,',
    ',,保障金额,,,,,,',
    ',婚姻登记,男方姓名,每日,无条件共享,接口,无,,',
  ])
  await init({ directory: directory.path, from })
  const { datasets } = await load(directory.path)
  expect(datasets.map(({ code, items }) => [code, items.map((item) => item.code)])).toEqual([
    ['dibaoduixiang', ['xingming', 'shenfenzhenghao', 'baozhangjine']],
    ['hunyindengji', ['nanfangxingming']],
  ])
})

test('names that read alike, reserved words, long names and quotes get codes of their own', async () => {
  await using directory = await temporaryDirectory()
  const from = await writeList(directory.path, [
    '部门,信息资源名称,数据项',
    'Public,人口信息,姓名、性名、ctid',
    ',仁口信息,编号',
    `,"${'超长'.repeat(40)}",编号`,
    `,"a""b; drop table x",编号`,
  ])
  await init({ directory: directory.path, from })
  const { departments, datasets } = await load(directory.path)
  expect(departments.map(({ code }) => code)).toEqual(['public_2'])
  expect(datasets.map(({ code }) => code)).toEqual([
    'a_b_drop_table_x',
    'c'.repeat(40),
    'renkouxinxi',
    'renkouxinxi_2',
  ])
  expect(datasets.find(({ name }) => name === '人口信息')?.items.map(({ code }) => code)).toEqual([
    'xingming',
    'xingming_2',
    'ctid_2',
  ])
})

describe('an empty workspace', () => {
  test.each(['zh', 'en'] as const)(
    'is valid, and so are its examples once they are used (%s)',
    async (language) => {
      await using directory = await temporaryDirectory()
      const done = await init({ directory: directory.path, language })
      expect(done.written).toHaveLength(4)
      expect((await load(directory.path)).datasets).toEqual([])
      for (const [name, text] of Object.entries(await documentsOf(directory.path))) {
        if (name === 'guiji.yaml') continue
        const [, ...lines] = text.split('\n')
        await writeFile(join(directory.path, name), lines.map((line) => line.replace(/^# ?/, '')).join('\n'))
      }
      const workspace = await load(directory.path)
      expect(workspace.harvests.map(({ dataset }) => dataset)).toEqual(
        workspace.datasets.map(({ code }) => code),
      )
      expect(await readFile(join(directory.path, '.gitignore'), 'utf8')).toBe('.guiji/\n')
    },
  )

  test('is never written over another', async () => {
    await using directory = await temporaryDirectory()
    await writeFile(join(directory.path, 'guiji.json'), '{}')
    await expect(init({ directory: directory.path })).rejects.toMatchObject({ code: 'WORKSPACE_EXISTS' })
    expect(await readdir(directory.path)).toEqual(['guiji.json'])
  })
})

describe('a list that cannot be understood is refused, and nothing is written', () => {
  const head = '部门,共享信息名称,数据项,共享类型,更新周期'
  const cases: readonly [string, string[], string, string][] = [
    [
      'an unknown cycle word',
      ['衡水市责任清单', head, '公安局,户籍,姓名,无条件共享,每曰'],
      'list.csv:3:5 unknown word "每曰" in row 3, column E (update cycle); did you mean "每日"? write one of: realtime, hourly, daily, weekly, every ten days, twice a month, monthly, quarterly, twice a year, annual, irregular, as needed, once, other',
      'list.csv:3:5 第 3 行 E 列（更新周期）的用词“每曰”无法识别；是否应为“每日”？可用：实时、每小时、每日、每周、每旬、每半月、每月、每季度、每半年、每年、不定期、按需、一次性、其他',
    ],
    [
      'an unknown sharing word',
      [head, '公安局,户籍,姓名,部分共享,每日'],
      'list.csv:2:4 unknown word "部分共享" in row 2, column D (sharing type); write one of: unconditional, conditional, not shared',
      'list.csv:2:4 第 2 行 D 列（共享类型）的用词“部分共享”无法识别；可用：无条件共享、有条件共享、不予共享',
    ],
    [
      'no department in the first row',
      [head, ',户籍,姓名,无条件共享,每日'],
      'list.csv:2:1 the cell "department" is empty; write the department',
      'list.csv:2:1 单元格“部门”为空；请填写部门名称',
    ],
    [
      'no header',
      ['甲,乙', '1,2'],
      'list.csv:1:1 no header row with a department (部门, 提供单位, …) and a dataset (共享信息名称, 数据目录名称, …) was found; the words read were: 甲, 乙, 1, 2',
      'list.csv:1:1 没有找到包含 部门（部门、提供单位……）和名称（共享信息名称、数据目录名称……） 的表头行；读到的内容：甲, 乙, 1, 2',
    ],
    [
      'no entry',
      [head, ',,,,', '注：无'],
      'list.csv:1:1 there is no entry below the header row; give the sheet that holds the list',
      'list.csv:1:1 表头行下没有任何条目；请给出含有清单内容的工作表',
    ],
    [
      'an open quote',
      [head, '公安局,"户籍,姓名,无条件共享,每日'],
      'list.csv:2:1 a quote that begins here is never closed; close the quote, or save the list again',
      'list.csv:2:1 此处开始的引号没有结束；请补上引号，或重新另存清单',
    ],
  ]
  test.each(cases)('%s', async (_, rows, en, zh) => {
    await using directory = await temporaryDirectory()
    const from = await writeList(directory.path, rows)
    const problems = await initProblems({ directory: directory.path, from })
    expect(problems.map((one) => formatProblem(one, 'en'))).toEqual([en])
    expect(problems.map((one) => formatProblem(one, 'zh'))).toEqual([zh])
    expect(await readdir(directory.path)).toEqual(['list.csv'])
  })

  test('every unknown word is told at once', async () => {
    await using directory = await temporaryDirectory()
    const from = await writeList(directory.path, [head, '公安局,甲,x,不知道,每日', ',乙,x,无条件共享,有空'])
    const problems = await initProblems({ directory: directory.path, from })
    expect(problems.map(({ line, column, found }) => [line, column, found])).toEqual([
      [2, 4, '不知道'],
      [3, 5, '有空'],
    ])
  })

  test('other files and other encodings', async () => {
    await using directory = await temporaryDirectory()
    const given = { directory: join(directory.path, 'city') }
    const pdf = init({ ...given, from: await writeList(directory.path, [head], 'list.pdf') })
    await expect(pdf).rejects.toMatchObject({ code: 'LIST_FORMAT_UNKNOWN' })
    await writeFile(join(directory.path, 'broken.csv'), Buffer.from('81ffff', 'hex'))
    const broken = init({ ...given, from: join(directory.path, 'broken.csv') })
    await expect(broken).rejects.toMatchObject({ code: 'LIST_ENCODING' })
  })
})
