/**
 * The keeper: a small process that ties the life of a workspace's PostgreSQL to the guiji processes that use it.
 * It outlives the one that started it and ends, with the server, when the last of them is gone, however it went.
 * Started by `lease.ts` with the options as its only argument; writes to `.guiji/keeper.log`.
 */
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { ensureIdentity } from './identity.ts'
import { Leases } from './leases.ts'
import { meetingPoint, take } from './meeting-point.ts'
import { toFailure } from './messages.ts'
import { storePaths } from './paths.ts'
import { type RunningServer, startServer } from './running-server.ts'
import type { ServerSettings } from './settings.ts'

export interface KeeperOptions {
  /** Real path of the workspace. */
  readonly workspace: string
  readonly settings: ServerSettings
  /** Remove the whole workspace at the end: a store for one test run. */
  readonly temporary: boolean
}

const options: KeeperOptions = JSON.parse(process.argv[2] ?? '')
const paths = storePaths(options.workspace)

async function keep(): Promise<number> {
  const { token } = await ensureIdentity(paths)
  const door = createServer()
  // Before the door opens, or who comes at once would stand behind it unheard.
  await using leases = new Leases(door, token)
  if (!(await take(meetingPoint(options.workspace), door))) return 0
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => leases.stop())

  const server = await started(leases)
  leases.ready(server.port)
  const died = await Promise.race([server.ended, leases.unused])
  leases.stop()
  await server.stop()
  if (options.temporary) await rm(options.workspace, { recursive: true, force: true })
  if (died !== undefined) throw new Error(`PostgreSQL in ${paths.data} is gone: ${died}; see ${paths.log}`)
  return 0
}

async function started(leases: Leases): Promise<RunningServer> {
  try {
    // Read again now that the name is ours: a keeper that just ended may have moved to another port.
    const identity = await ensureIdentity(paths)
    return await startServer(paths, identity, options.settings)
  } catch (error) {
    leases.fail(toFailure(error, { path: paths.data, log: paths.log }))
    throw error
  }
}

keep().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`${new Date().toISOString()} keeper ${process.pid}:`, error)
    process.exit(1)
  },
)
