import type { Socket } from 'node:net'
import { GuijiError } from '../../errors/guiji-error.ts'
import { fromFailure, type Messages, messages, send } from './messages.ts'
import type { StorePaths } from './paths.ts'

/** A keeper answers within milliseconds; only its server may need longer. */
const SILENCE_MILLISECONDS = 15_000

/** A connection to a keeper whose server is ready. It is the lease: it must stay open while the server is used. */
export interface KeeperCall {
  readonly port: number
  /** Resolves when the connection is closed, by whichever side. */
  readonly closed: Promise<void>
  /** Gives the lease back; if it was the last, waits until server and keeper are gone. */
  release(): Promise<void>
}

/**
 * Asks a keeper for a lease and waits for its server. Undefined: this keeper is ending, ask again.
 *
 * @throws GuijiError what the keeper's server failed of; STORE_KEEPER_FAILED when it is silent or does not know us
 */
export async function callKeeper(
  socket: Socket,
  token: string,
  paths: StorePaths,
  signal: AbortSignal,
): Promise<KeeperCall | undefined> {
  const silence = AbortSignal.timeout(SILENCE_MILLISECONDS)
  const hangUp = () => socket.destroy()
  signal.addEventListener('abort', hangUp)
  silence.addEventListener('abort', hangUp)
  // Not `once` of node:events, which rejects for a reset: a keeper that ends may leave our words unread.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const replies = messages(socket)
  send(socket, { type: 'lease', token })
  try {
    for (;;) {
      const { value: reply } = await replies.next()
      if (!reply && silence.aborted) throw failed(paths, 'no answer')
      if (!reply) return undefined
      silence.removeEventListener('abort', hangUp)
      if (reply.type === 'ready') return held(socket, Number(reply.port), closed, replies)
      if (reply.type === 'failed') {
        await closed
        throw fromFailure(reply.failure)
      }
      if (reply.type === 'refused') throw failed(paths, `it does not know the token in ${paths.identity}`)
    }
  } catch (error) {
    hangUp()
    throw error
  } finally {
    signal.removeEventListener('abort', hangUp)
    silence.removeEventListener('abort', hangUp)
  }
}

function held(socket: Socket, port: number, closed: Promise<void>, replies: Messages): KeeperCall {
  // A process that forgets its lease may still end.
  socket.unref()
  return {
    port,
    closed,
    async release() {
      socket.ref()
      send(socket, { type: 'release' })
      const { value: reply } = await replies.next()
      if (reply?.last !== true) socket.destroy()
      await closed
    },
  }
}

function failed(paths: StorePaths, reason: string): GuijiError {
  return new GuijiError('STORE_KEEPER_FAILED', { path: paths.workspace, reason, log: paths.keeperLog })
}
