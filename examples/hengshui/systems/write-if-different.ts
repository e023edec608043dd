import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file only if its content differs from what is there, so that an unchanged file keeps its time. Says
 * whether it wrote. The new content appears at once, by renaming.
 */
export async function writeIfDifferent(path: string, content: Iterable<Buffer>): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true })
  const fresh = `${path}.part`
  const same = await writeAndCompare(fresh, path, content)
  if (same) await rm(fresh)
  else await rename(fresh, path)
  return !same
}

async function writeAndCompare(fresh: string, path: string, content: Iterable<Buffer>): Promise<boolean> {
  const old = await openIfThere(path)
  const target = await open(fresh, 'w')
  try {
    let same = old !== undefined
    let size = 0
    for (const block of content) {
      await target.write(block)
      if (same && old !== undefined) same = await holds(old, block, size)
      size += block.length
    }
    return same && old !== undefined && (await old.stat()).size === size
  } finally {
    await target.close()
    await old?.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function holds(file: FileHandle, block: Buffer, position: number): Promise<boolean> {
  const found = Buffer.allocUnsafe(block.length)
  const { bytesRead } = await file.read(found, 0, block.length, position)
  return bytesRead === block.length && found.equals(block)
}
