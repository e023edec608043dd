import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

const pieceBytes = 1 << 20

/**
 * Lets `write` make a file and puts it in the place of `path` only if its content differs from what is there, so
 * that an unchanged file keeps its time. Says whether it did. The new content appears at once, by renaming.
 */
export async function writeIfDifferent(
  path: string,
  write: (fresh: string) => Promise<void>,
): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true })
  const fresh = `${path}.part`
  await write(fresh)
  const same = await haveSameBytes(fresh, path)
  if (same) await rm(fresh)
  else await rename(fresh, path)
  return !same
}

/** Writes blocks of bytes one after the other. */
export async function writeBlocks(path: string, blocks: Iterable<Buffer>): Promise<void> {
  await using file = await open(path, 'w')
  for (const block of blocks) await file.write(block)
}

async function haveSameBytes(one: string, other: string): Promise<boolean> {
  await using left = await open(one, 'r')
  await using right = await openIfThere(other)
  if (right === undefined || (await left.stat()).size !== (await right.stat()).size) return false
  for (;;) {
    const [a, b] = [await nextPiece(left), await nextPiece(right)]
    if (!a.equals(b)) return false
    if (a.length === 0) return true
  }
}

async function nextPiece(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes)
  return buffer.subarray(0, bytesRead)
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
