import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { testDatabase } from '../setup/database.ts'
import { type CallOptions, type Finished, guiji, guijiJson } from './guiji.ts'

/** A small workspace on a database of its own. */
export interface Town extends AsyncDisposable {
  readonly directory: string
  readonly url: string
  readonly pool: Awaited<ReturnType<typeof testDatabase>>['pool']
  write(file: string, text: string): Promise<void>
  /** Runs a command on this workspace and store. */
  guiji(words: readonly string[], options?: CallOptions): Promise<Finished>
  json<Answer>(words: readonly string[], options?: CallOptions & { code?: number }): Promise<Answer>
}

export const settings = 'name: 小城\noutbound: { allow: [127.0.0.1] }\n'

export const catalog = `department: { code: mz, name: 市民政局, contact: { name: 李四, phone: 0318-1234567 } }
datasets:
  - code: people
    name: 低保对象信息
    format: text
    sharing: { type: 有条件共享, methods: [文件下载], conditions: 依法履职, scope: 市级部门, purpose: 核查 }
    grading: { class: 公共数据, level: 一般 }
    commitment: 每日
    items:
      - { code: id, name: 编号, key: true }
      - { code: name, name: 姓名, required: true }
      - { code: born, name: 出生日期, type: date }
      - { code: amount, name: 金额, type: decimal, precision: 12, scale: 2 }
  - code: homes
    name: 养老机构信息
    format: text
    sharing: { type: 无条件共享, methods: [文件下载], conditions: 无 }
    grading: { class: 公共数据, level: 一般 }
    commitment: 不定期
    items:
      - { code: id, name: 编号, key: true }
      - { code: title, name: 名称 }
  - code: secret_cases
    name: 未公开案件
    format: text
    sharing: { type: 不予共享, methods: [文件下载], conditions: 无, reason: 涉密, legalBasis: 《保守国家秘密法》 }
    grading: { class: 公共数据, level: 一般 }
    commitment: 每月
    items:
      - { code: id, name: 编号, key: true }
`

export const sources = `source: { code: mz_files, name: 民政文件, department: mz, kind: csv, config: { root: drops } }
`

export const harvests = `harvests:
  - { dataset: people, source: mz_files, read: { file: people.csv }, deletions: { maxShare: 0.2, minRows: 2 } }
  - { dataset: homes, source: mz_files, read: { file: homes.csv } }
`

/** People 1 to `count`, and four records that do not fit. */
export function peopleCsv(count: number, options: { readonly bad?: boolean } = {}): string {
  const good = Array.from({ length: count }, (_, at) => `${at + 1},名${at + 1},1980-01-02,${at + 1}.50`)
  const bad = ['901,,1980-01-02,1', '902,坏,1980-13-02,1', '903,坏,1980-01-02,1.234', '904,短']
  return `${['id,name,born,amount', ...good, ...(options.bad === true ? bad : [])].join('\n')}\n`
}

export async function town(): Promise<Town> {
  await using building = new AsyncDisposableStack()
  const database = building.use(await testDatabase())
  const directory = await mkdtemp(path.join(tmpdir(), 'guiji-town-'))
  building.defer(() => rm(directory, { recursive: true }))
  const write = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true })
    await writeFile(path.join(directory, file), text)
  }
  await write('guiji.yaml', settings)
  await write('catalog/mz.yaml', catalog)
  await write('sources/mz.yaml', sources)
  await write('harvests/mz.yaml', harvests)
  await write('drops/people.csv', peopleCsv(40, { bad: true }))
  await write('drops/homes.csv', 'id,title\n1,阳光\n2,"安康, 分院"\n')
  const globals = ['--workspace', directory, '--store', database.url]
  const built = building.move()
  return {
    directory,
    url: database.url,
    pool: database.pool,
    write,
    guiji: (words, options) => guiji([...globals, ...words], options),
    json: (words, options) => guijiJson([...globals, ...words], options),
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  }
}

/** A town whose list is applied and whose data is harvested. */
export async function harvestedTown(): Promise<Town> {
  const built = await town()
  await built.json(['apply'])
  await built.json(['harvest', '--all'])
  return built
}
