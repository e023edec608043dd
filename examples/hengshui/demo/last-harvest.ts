import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

interface Harvest {
  readonly scale: number
  readonly day: number
}

const fileName = 'last-harvest.json'

/** The day that was harvested last at this scale; undefined where none was. */
export async function lastHarvest(directory: string, scale: number): Promise<Harvest | undefined> {
  try {
    const last: Harvest = JSON.parse(await readFile(join(directory, fileName), 'utf8'))
    if (last.scale === scale) return last
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  throw new Error(
    `the example was harvested at another scale; remove ${directory} and the workspace beside it to begin anew`,
  )
}

export async function rememberHarvest(directory: string, harvest: Harvest): Promise<void> {
  await writeFile(join(directory, fileName), JSON.stringify(harvest))
}
