/**
 * The keeper: a small process that ties the life of a workspace's PostgreSQL to the guiji processes that use it.
 * It outlives the one that started it and ends, with the server, when the last of them is gone, however it went.
 * Started by `lease.ts` with the options as its only argument; writes to `.guiji/keeper.log`.
 */
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { ensureIdentity, rememberPort } from './identity.ts'
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
  const door = createServer()
  if (!(await take(meetingPoint(options.workspace), door))) return 0
  const identity = await ensureIdentity(paths)
  await using leases = new Leases(door, identity.token)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => leases.stop())

  let server: RunningServer
  try {
    server = await startServer(paths, identity, options.settings)
    await rememberPort(paths, identity, server.port)
  } catch (error) {
    leases.fail(toFailure(error, { path: paths.data, log: paths.log }))
    throw error
  }
  leases.ready(server.port)
  const died = await Promise.race([server.ended, leases.unused])
  leases.stop()
  await server.stop()
  if (options.temporary) await rm(options.workspace, { recursive: true, force: true })
  if (died !== undefined) throw new Error(`PostgreSQL in ${paths.data} is gone: ${died}; see ${paths.log}`)
  return 0
}

keep().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`${new Date().toISOString()} keeper ${process.pid}:`, error)
    process.exit(1)
  },
)
