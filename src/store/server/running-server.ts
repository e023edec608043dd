import { setTimeout as sleep } from 'node:timers/promises'
import { GuijiError } from '../../errors/guiji-error.ts'
import { serverAccount } from './account.ts'
import { notPermitted } from './file-errors.ts'
import { rememberPort, type StoreIdentity } from './identity.ts'
import { ensureDataDirectory, type ServerPlace } from './initialise.ts'
import { adoptOrphan, stopByPgCtl } from './orphan.ts'
import type { StorePaths } from './paths.ts'
import { freePort } from './port.ts'
import { type Postmaster, startPostmaster } from './postmaster.ts'
import { installedPrograms } from './programs.ts'
import { reachablePrograms } from './reachable-programs.ts'
import { type ServerSettings, serverSettings } from './settings.ts'
import { portWasTaken } from './start-failure.ts'

const PORT_ATTEMPTS = 3
/**
 * A fast shutdown writes what is in memory; after this the log is left to be replayed at the next start. Not longer:
 * a PostgreSQL 18 asked to end while it recovers from a full disk waits for ever, and the last command with it.
 */
const SHUTDOWN_MILLISECONDS = 30_000

export interface RunningServer {
  readonly port: number
  /** Resolves with a reason when the server is gone. */
  readonly ended: Promise<string>
  /** Ends open work, writes what is in memory, and waits until no process is left. */
  stop(): Promise<void>
}

/**
 * The server of a workspace, running: an orphan taken over, or a new one on data that exist or are made now.
 *
 * @throws GuijiError every STORE_ code of a failed start
 */
export async function startServer(
  paths: StorePaths,
  identity: StoreIdentity,
  overrides: ServerSettings,
): Promise<RunningServer> {
  const account = await serverAccount(paths.data)
  const programs = await reachablePrograms(await installedPrograms(), account)
  const place = { paths, programs, account }
  await ensureDataDirectory(place, identity)
  const postmaster = (await adoptOrphan(place)) ?? (await startOnFreePort(place, identity.port, overrides))
  try {
    await rememberPort(paths, identity, postmaster.port)
  } catch (error) {
    await stop(place, postmaster)
    throw notPermitted(paths.identity, error)
  }
  return {
    port: postmaster.port,
    ended: postmaster.ended,
    stop: () => stop(place, postmaster),
  }
}

async function startOnFreePort(
  place: ServerPlace,
  kept: number,
  overrides: ServerSettings,
): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startPostmaster(place, serverSettings(await freePort(attempt === 1 ? kept : 0), overrides))
    } catch (error) {
      // Somebody took the port between our look and the server's start.
      const log = error instanceof GuijiError && error.cause instanceof Error ? error.cause.message : ''
      if (attempt === PORT_ATTEMPTS || !portWasTaken(log)) throw error
    }
  }
}

async function stop(place: ServerPlace, postmaster: Postmaster): Promise<void> {
  if (process.platform === 'win32') await stopByPgCtl(place)
  else signal(postmaster.pid, 'SIGINT')
  const late = new AbortController()
  const patience = sleep(SHUTDOWN_MILLISECONDS, undefined, { signal: late.signal }).then(
    () => signal(postmaster.pid, 'SIGQUIT'),
    () => {},
  )
  await Promise.race([postmaster.ended, patience])
  await postmaster.ended
  late.abort()
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself.
  }
}
