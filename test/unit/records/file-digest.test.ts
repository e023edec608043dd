import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { BLOCK_BYTES, digestOf } from '../../../src/records/file-blocks.ts'

const signal = new AbortController().signal

it('knows a file by its blocks, and stops where it differs from what was expected', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'guiji-digest-'))
  try {
    const absolute = path.join(directory, 'data.bin')
    const content = randomBytes(BLOCK_BYTES * 2 + 5)
    const write = async (bytes: Buffer) => {
      await writeFile(absolute, bytes)
      const { size, mtimeNs } = await stat(absolute, { bigint: true })
      return { path: 'data.bin', absolute, size: Number(size), mtimeNs }
    }
    const first = await digestOf(await write(content), signal)
    expect(first.blocks).toMatch(/^[0-9a-f]{24}$/)
    expect(await digestOf(await write(content), signal, first)).toEqual(first)
    for (const changed of [0, BLOCK_BYTES, content.length - 1]) {
      const other = Buffer.from(content)
      other[changed] = (other[changed] ?? 0) ^ 1
      const file = await write(other)
      const found = await digestOf(file, signal)
      expect(found.digest).not.toBe(first.digest)
      const block = Math.floor(changed / BLOCK_BYTES)
      expect(found.blocks.slice(0, block * 8)).toBe(first.blocks.slice(0, block * 8))
      expect((await digestOf(file, signal, first))?.digest).not.toBe(first.digest)
    }
  } finally {
    await rm(directory, { recursive: true })
  }
})
