import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { datasets, departments } from '../list/the-list.ts'
import type { SourceAddresses } from '../systems/start-sources.ts'
import { catalogDocument } from './catalog-document.ts'
import { harvestDocument } from './harvest-document.ts'
import { writePublishedList } from './published-list.ts'
import { sourceDocument } from './source-document.ts'

export interface WorkspaceOptions {
  /** Local date from which the promises hold. Default: the day Decree 809 came into force. */
  readonly from?: string
}

const mark =
  '合成数据 · synthetic data, except the divisions of Hengshui. Written by examples/hengshui; edit the list there.'

/**
 * Writes the workspace of the example: `guiji.yaml`, `catalog/`, `sources/`, `harvests/`, and beside them the
 * published list as the city would print it (`list.csv`, `list.xlsx`), from which `guiji init --from` starts.
 */
export async function writeWorkspace(
  directory: string,
  addresses: SourceAddresses,
  options: WorkspaceOptions = {},
): Promise<void> {
  const root = resolve(directory)
  const from = options.from ?? '2025-08-01'
  for (const folder of ['catalog', 'sources', 'harvests'])
    await mkdir(join(root, folder), { recursive: true })
  const settings = {
    name: '衡水市政务数据归集(示例)',
    language: 'zh',
    timeZone: 'Asia/Shanghai',
    calendar: 'cn',
    concurrency: 2,
    // The example's own systems run on this machine.
    outbound: { allow: ['127.0.0.1'] },
  }
  await write(join(root, 'guiji.yaml'), '衡水市政务数据共享责任清单:15 个部门,123 项共享信息', settings)
  for (const department of departments) {
    const owed = datasets.filter((dataset) => dataset.department === department)
    const file = `${department.code}.yaml`
    const { name } = department
    await write(join(root, 'catalog', file), `${name}的共享信息`, catalogDocument(department, owed, from))
    await write(join(root, 'sources', file), `${name}的源系统`, sourceDocument(department, addresses, root))
    await write(join(root, 'harvests', file), `${name}的归集任务`, harvestDocument(owed))
  }
  await writePublishedList(root, datasets)
}

async function write(path: string, title: string, document: object): Promise<void> {
  const text = stringify(document, { lineWidth: 110, aliasDuplicateObjects: false })
  await writeFile(path, `# ${title}\n# ${mark}\n${text}`)
}
