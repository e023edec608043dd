import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, type Server, type Socket } from 'node:net'
import os from 'node:os'
import { join } from 'node:path'
import { codeOf } from './file-errors.ts'

/**
 * The name under which the processes of one workspace meet. On Linux and Windows the kernel frees it with the
 * process that holds it, so holding it is a lock that no crash leaves behind.
 *
 * @param workspace real path of the workspace
 */
export function meetingPoint(workspace: string): string {
  const digest = createHash('sha256').update(workspace).digest('hex')
  if (process.platform === 'linux') return `\0guiji-${digest}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\guiji-${digest}`
  return join(os.tmpdir(), `guiji-${digest.slice(0, 24)}.sock`)
}

/** True if `server` now holds the name, false if another process does. */
export async function take(name: string, server: Server): Promise<boolean> {
  if (await listens(server, name)) return true
  if (name.startsWith('\0') || process.platform === 'win32') return false
  // A socket file outlives its process: one that nobody answers is removed.
  const other = await reach(name)
  if (other) {
    other.destroy()
    return false
  }
  await rm(name, { force: true })
  return listens(server, name)
}

function listens(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => (codeOf(error) === 'EADDRINUSE' ? resolve(false) : reject(error))
    server.once('error', failed)
    server.listen(name, () => {
      server.off('error', failed)
      resolve(true)
    })
  })
}

/** A connection to whoever holds the name, or undefined if nobody does. */
export function reach(name: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(name)
    socket.once('connect', () => resolve(socket))
    // Stays: an error after the connection was made shows itself by the close that follows.
    socket.on('error', (error) => {
      if (['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EAGAIN'].includes(codeOf(error) ?? '')) resolve(undefined)
      else reject(error)
    })
  })
}
