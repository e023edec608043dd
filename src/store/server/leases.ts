import { timingSafeEqual } from 'node:crypto'
import type { Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Failure, type FromKeeper, messages, send } from './messages.ts'

/** A process that vanished is often followed by another at once (a supervisor's restart). */
const LINGER_MILLISECONDS = 300

/**
 * Who uses the server. Each guiji process holds one connection; what closes it, a release or a crash, gives the
 * lease back. The name that processes meet at stays taken until the keeper is gone, so a process that comes
 * while the server stops is told so, and starts the next one only when this one has left the data.
 */
export class Leases implements AsyncDisposable {
  readonly #token: Buffer
  readonly #sockets = new Set<Socket>()
  readonly #holders = new Set<Socket>()
  readonly #unused = Promise.withResolvers<undefined>()
  #state: FromKeeper = { type: 'starting' }

  constructor(door: Server, token: string) {
    this.#token = Buffer.from(token)
    door.on('connection', (socket) => void this.#serve(socket))
  }

  /** Resolves when nobody holds a lease any more, or `stop` was called. */
  get unused(): Promise<undefined> {
    return this.#unused.promise
  }

  ready(port: number): void {
    if (this.#state.type !== 'starting') return
    this.#announce({ type: 'ready', port })
    void this.#endWhenUnused()
  }

  fail(failure: Failure): void {
    this.#announce({ type: 'failed', failure })
  }

  /** From now on nobody gets a lease. */
  stop(): void {
    this.#state = { type: 'stopping' }
    this.#unused.resolve(undefined)
  }

  /** Waits until the last words have left. The connections close with the process: who waits for that is told so. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => new Promise((left) => socket.write('', left))))
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (this.#holders.delete(socket)) void this.#endWhenUnused()
    })
    for await (const message of messages(socket)) {
      if (message.type === 'lease') this.#lease(socket, message.token)
      else if (message.type === 'release') this.#release(socket)
    }
    socket.destroy()
  }

  #lease(socket: Socket, token: unknown): void {
    if (!this.#knows(token)) {
      send(socket, { type: 'refused' })
      return
    }
    if (this.#state.type === 'ready' || this.#state.type === 'starting') this.#holders.add(socket)
    send(socket, this.#state)
  }

  #release(socket: Socket): void {
    const held = this.#holders.delete(socket)
    const last = held && this.#holders.size === 0 && this.#state.type === 'ready'
    // Nobody waits for a command to come: the process that releases goes on when the server has stopped.
    if (last) this.stop()
    send(socket, { type: 'released', last: last || this.#state.type === 'stopping' })
  }

  #announce(state: FromKeeper): void {
    this.#state = state
    for (const socket of this.#holders) send(socket, state)
  }

  async #endWhenUnused(): Promise<void> {
    if (this.#state.type !== 'ready' || this.#holders.size > 0) return
    await sleep(LINGER_MILLISECONDS)
    if (this.#state.type === 'ready' && this.#holders.size === 0) this.stop()
  }

  #knows(token: unknown): boolean {
    if (typeof token !== 'string') return false
    const given = Buffer.from(token)
    return given.length === this.#token.length && timingSafeEqual(given, this.#token)
  }
}
