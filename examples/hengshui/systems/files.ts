import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generatorFingerprint } from '../generator/fingerprint.ts'
import { datasets } from '../list/the-list.ts'
import { fileContent } from '../render/file-content.ts'
import { writeRecords } from '../render/workbook.ts'
import { filePattern, isFileDataset, type PlannedFile, planFiles } from './file-plan.ts'
import { writeBlocks, writeIfDifferent } from './write-if-different.ts'

export interface WrittenFiles {
  /** Files whose content changed. */
  readonly written: number
  readonly total: number
}

/** What was put down last: read back to see at a glance that nothing need be done. */
interface Record {
  readonly content: string
  readonly sizes: Readonly<{ [path: string]: number }>
}

/**
 * Puts down the drops, workbooks and JSON files of all departments as they stand on `day`, below `directory`. Files
 * that would not change are not touched; files that do not belong there any more (of later days) are removed.
 */
export async function writeFiles(
  directory: string,
  scale: number,
  day: number,
  signal: AbortSignal,
): Promise<WrittenFiles> {
  const content = `${generatorFingerprint()} ${scale} ${day}`
  const recordPath = join(directory, '.written.json')
  const last = await readRecord(recordPath)
  if (last?.content === content && (await allThere(directory, last))) {
    return { written: 0, total: Object.keys(last.sizes).length }
  }
  await mkdir(directory, { recursive: true })
  await rm(recordPath, { force: true })
  const plan = datasets.filter(isFileDataset).flatMap((dataset) => planFiles(dataset, scale, day))
  let written = 0
  const sizes: { [path: string]: number } = {}
  for (const file of plan) {
    signal.throwIfAborted()
    const path = join(directory, file.path)
    if (await writeIfDifferent(path, (fresh) => writeFileOf(file, day, fresh))) written += 1
    sizes[file.path] = (await stat(path)).size
  }
  await removeStrays(directory, plan)
  await writeFile(recordPath, JSON.stringify({ content, sizes }))
  return { written, total: plan.length }
}

function writeFileOf(file: PlannedFile, day: number, path: string): Promise<void> {
  if (file.dataset.source.kind === 'excel') return writeRecords(path, file, day)
  return writeBlocks(path, fileContent(file, day))
}

async function readRecord(path: string): Promise<Record | undefined> {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    // Cut off while it was written: as good as none.
    return undefined
  }
}

async function allThere(directory: string, record: Record): Promise<boolean> {
  for (const [path, size] of Object.entries(record.sizes)) {
    const found = await stat(join(directory, path)).catch(() => undefined)
    if (found?.size !== size) return false
  }
  return true
}

/** Daily files of days after the one now shown. */
async function removeStrays(directory: string, plan: readonly PlannedFile[]): Promise<void> {
  const wanted = new Set(plan.map((file) => file.path))
  const folders = new Set(plan.filter((file) => filePattern(file.dataset).includes('*')).map(folderName))
  for (const folder of folders) {
    for (const name of await readdir(join(directory, folder))) {
      if (!wanted.has(`${folder}/${name}`)) await rm(join(directory, folder, name))
    }
  }
}

function folderName(file: PlannedFile): string {
  return file.path.slice(0, file.path.lastIndexOf('/'))
}
