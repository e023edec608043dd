import { execFile } from 'node:child_process'
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GuijiError } from '../../errors/guiji-error.ts'
import type { Account } from './account.ts'
import { codeOf } from './file-errors.ts'
import { type Programs, programPath } from './programs.ts'

const run = promisify(execFile)

/** Holds a copy of the programs for the account that cannot reach the installed ones. Only root writes here. */
export const SHARED_CACHE = '/var/cache/guiji'

/**
 * The programs as `account` can run them: where they are if it gets there, else a copy of them in `cache`, made
 * once per version (guiji installed below root's closed home folder).
 *
 * @throws GuijiError STORE_PROGRAMS_UNREACHABLE
 */
export async function reachablePrograms(
  programs: Programs,
  account: Account | undefined,
  cache: string = SHARED_CACHE,
): Promise<Programs> {
  if (!account || (await obstacle(programs, account)) === undefined) return programs
  const copy = { ...programs, native: join(cache, `postgres-${programs.version}`) }
  try {
    await makeRootOnly(cache)
    await copyOnce(programs.native, copy.native)
    await refuseForeign(copy.native)
  } catch (error) {
    throw unreachable(programs, account, cache, error instanceof Error ? error.message : String(error))
  }
  const reason = await obstacle(copy, account)
  if (reason !== undefined) throw unreachable(copy, account, cache, reason)
  return copy
}

/** What keeps `account` from running the server; found by running it, which tries every folder and library. */
async function obstacle(programs: Programs, account: Account): Promise<string | undefined> {
  try {
    await run(programPath(programs, 'postgres'), ['--version'], {
      uid: account.uid,
      gid: account.gid,
      cwd: '/',
      env: {},
    })
    return undefined
  } catch (error) {
    return codeOf(error) ?? String(error)
  }
}

async function copyOnce(from: string, to: string): Promise<void> {
  if (await lstat(to).catch(() => undefined)) return
  const temporary = await mkdtemp(`${to}.`)
  try {
    await cp(from, temporary, { recursive: true, verbatimSymlinks: true })
    await openToAll(temporary)
    await rename(temporary, to).catch((error: unknown) => {
      // Another process was first: its copy is as good.
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Readable and, for folders and programs, enterable by everybody, whatever umask it was installed under. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await lstat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}

async function makeRootOnly(folder: string): Promise<void> {
  if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o755)
  await refuseForeign(folder)
}

/** What another user could have written is never run. */
async function refuseForeign(folder: string): Promise<void> {
  const found = await lstat(folder)
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
    throw new Error(`${folder} is not a folder that only root can write`)
  }
}

function unreachable(programs: Programs, account: Account, cache: string, reason: string): GuijiError {
  return new GuijiError('STORE_PROGRAMS_UNREACHABLE', {
    account: account.name,
    path: programPath(programs, 'postgres'),
    reason,
    cache,
  })
}
