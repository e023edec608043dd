import { execFile } from 'node:child_process'
import { readdir, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { ServerPlace } from './initialise.ts'
import { type Postmaster, readPidFile } from './postmaster.ts'
import { programPath } from './programs.ts'

const POLL_MILLISECONDS = 100
const PATIENCE_MILLISECONDS = 10_000

/**
 * A server whose keeper was killed: taken over if it runs, so that the work of other processes goes on. What is
 * left of a server that died is ended, and its stale postmaster.pid, whose number another process may bear by
 * now, is removed. PostgreSQL's own check of that file knows only the number.
 */
export async function adoptOrphan(place: ServerPlace): Promise<Postmaster | undefined> {
  const { data } = place.paths
  const file = await readPidFile(data)
  if (!file) return undefined
  if (process.platform !== 'linux') {
    await stopByPgCtl(place)
    return undefined
  }
  for (let waited = 0; (await processesIn(data)).includes(file.pid); waited += POLL_MILLISECONDS) {
    const now = await readPidFile(data)
    if (now?.pid === file.pid && now.status === 'ready')
      return { pid: now.pid, port: now.port, ended: gone(now.pid) }
    // Recovery may take long and then it is ready; a shutdown that waits for its clients is hurried.
    if (waited > PATIENCE_MILLISECONDS && now?.status === 'stopping') kill(file.pid, 'SIGINT')
    await sleep(POLL_MILLISECONDS)
  }
  await endRemains(data)
  await rm(join(data, 'postmaster.pid'), { force: true })
  return undefined
}

/** Backends see their server's death and leave; one that hangs in the kernel or a loop is killed. */
async function endRemains(data: string): Promise<void> {
  for (let waited = 0; ; waited += POLL_MILLISECONDS) {
    const pids = await processesIn(data)
    if (pids.length === 0) return
    if (waited > PATIENCE_MILLISECONDS) for (const pid of pids) kill(pid, 'SIGKILL')
    await sleep(POLL_MILLISECONDS)
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended meanwhile.
  }
}

/** Every process of a server has its data directory as working directory. */
async function processesIn(data: string): Promise<number[]> {
  const folder = await realpath(data)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) =>
      (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === folder ? [Number(pid)] : [],
    ),
  )
  return found.flat()
}

async function gone(pid: number): Promise<string> {
  // Not kill(pid, 0): an orphan that nobody reaps stays a zombie, which that call finds alive.
  while (await readlink(`/proc/${pid}/cwd`).catch(() => '')) await sleep(POLL_MILLISECONDS)
  return 'it ended; it was started by a keeper that was killed'
}

/** Where processes cannot be looked at, or not be asked by signal. */
export async function stopByPgCtl(place: ServerPlace): Promise<void> {
  const { paths, programs, account } = place
  const as = account && { uid: account.uid, gid: account.gid }
  const stop = ['stop', '-D', paths.data, '-m', 'fast', '-w']
  await promisify(execFile)(programPath(programs, 'pg_ctl'), stop, { ...as, cwd: '/' }).catch(() => {})
}
