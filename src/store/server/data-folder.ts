import { open } from 'node:fs/promises'
import type { Account } from './account.ts'

/** A data directory as the server's programs are given it. */
export interface DataFolder extends AsyncDisposable {
  /** What `-D` gets. */
  readonly shown: string
  /** What a spawned program gets as its file descriptor 3. */
  readonly descriptor: number | 'ignore'
}

/**
 * Opens a data directory for the programs. As root on Linux they run as another account, which may not be able to
 * walk the path (a workspace below root's home); a descriptor opened by root and looked at through
 * `/proc/self/fd/3` needs no walk, and every process of the server inherits it.
 */
export async function openDataFolder(path: string, account: Account | undefined): Promise<DataFolder> {
  if (!account || process.platform !== 'linux') {
    return { shown: path, descriptor: 'ignore', [Symbol.asyncDispose]: async () => {} }
  }
  const handle = await open(path, 'r')
  return {
    shown: '/proc/self/fd/3',
    descriptor: handle.fd,
    [Symbol.asyncDispose]: () => handle.close(),
  }
}
