import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDataFolder } from './data-folder.ts'
import type { ServerPlace } from './initialise.ts'
import { programPath } from './programs.ts'
import type { ServerSettings } from './settings.ts'
import { startFailure, tail } from './start-failure.ts'

const POLL_MILLISECONDS = 15
const LOG_LIMIT_BYTES = 32 * 1024 * 1024

/** A running PostgreSQL server. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Resolves, with a reason, when the server is gone, wanted or not. */
  readonly ended: Promise<string>
}

/** What a server writes into postmaster.pid about itself. */
export interface PidFile {
  readonly pid: number
  readonly port: number
  /** `starting` (perhaps for long: recovery), `ready`, `stopping`. */
  readonly status: string
}

/**
 * Starts PostgreSQL on the data directory and waits until it takes connections, however long recovery needs.
 *
 * @throws GuijiError STORE_DISK_FULL, STORE_NOT_PERMITTED, STORE_START_FAILED, with the log's end as cause
 */
export async function startPostmaster(place: ServerPlace, settings: ServerSettings): Promise<Postmaster> {
  const { paths } = place
  await setLogAside(paths.log)
  await using log = await open(paths.log, 'a', 0o600)
  const logStart = (await log.stat()).size
  const child = await spawnPostgres(place, settings, log.fd)
  const ended = once(child, 'exit').then(([code, signal]) => `it ended with ${signal ?? `code ${code}`}`)
  const pid = child.pid ?? -1
  let reason: string | undefined
  ended.then((text) => {
    reason = text
  })
  while (!(await isReady(paths.data, pid))) {
    if (reason !== undefined) throw startFailure(paths, await tail(paths.log, logStart), reason)
    await sleep(POLL_MILLISECONDS)
  }
  return { pid, port: Number(settings.port), ended }
}

async function spawnPostgres(
  place: ServerPlace,
  settings: ServerSettings,
  log: number,
): Promise<ChildProcess> {
  const { account } = place
  await using folder = await openDataFolder(place.paths.data, account)
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(programPath(place.programs, 'postgres'), ['-D', folder.shown, ...options], {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd: '/',
    ...(process.platform !== 'win32' && { env: {} }),
    stdio: ['ignore', log, log, folder.descriptor],
  })
  await once(child, 'spawn')
  return child
}

async function isReady(data: string, pid: number): Promise<boolean> {
  const file = await readPidFile(data)
  return file?.pid === pid && file.status === 'ready'
}

export async function readPidFile(data: string): Promise<PidFile | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const lines = text.split('\n').map((line) => line.trim())
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7] ?? '' }
}

async function setLogAside(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size > LOG_LIMIT_BYTES) await rename(path, `${path}.1`)
}
