import { open } from 'node:fs/promises'
import { GuijiError } from '../../errors/guiji-error.ts'
import type { StorePaths } from './paths.ts'

const TAIL_BYTES = 4096

/** True if the server said that its port belongs to somebody else. */
export function portWasTaken(log: string): boolean {
  return /could not bind|could not create any TCP\/IP sockets|Address already in use/.test(log)
}

/** Why the server or initdb did not start, from what it wrote; the text itself becomes the error's cause. */
export function startFailure(paths: StorePaths, log: string, fallback: string): GuijiError {
  const options = { cause: new Error(log.trim() || fallback) }
  if (/No space left on device|Disk quota exceeded/.test(log)) {
    return new GuijiError('STORE_DISK_FULL', { path: paths.data }, options)
  }
  const reason = reasonIn(log) ?? fallback
  if (/Permission denied|wrong ownership|Operation not permitted/.test(log)) {
    return new GuijiError('STORE_NOT_PERMITTED', { path: paths.data, reason }, options)
  }
  return new GuijiError('STORE_START_FAILED', { path: paths.data, reason, log: paths.log }, options)
}

function reasonIn(log: string): string | undefined {
  const lines = log.split('\n').filter((line) => /FATAL:|PANIC:|error:/.test(line))
  return lines.at(-1)?.replace(/^.*?(FATAL|PANIC|error):\s*/, '')
}

/** The last lines of a file, from byte `from` on. Empty when there is no such file. */
export async function tail(path: string, from = 0): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    const start = Math.max(from, size - TAIL_BYTES)
    if (start >= size) return ''
    const { bytesRead, buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    return ''
  }
}
