import { mkdir, realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { notPermitted } from './file-errors.ts'
import { ensureIdentity, storeUrl } from './identity.ts'
import { callKeeper, type KeeperCall } from './keeper-call.ts'
import { KeeperStarter } from './keeper-starter.ts'
import { meetingPoint, reach } from './meeting-point.ts'
import { storePaths } from './paths.ts'
import type { ServerSettings } from './settings.ts'

const RETRY_MILLISECONDS = 20
const HEAL_DELAYS = [0, 200, 1_000, 5_000, 20_000]

export interface LeaseOptions {
  /** The workspace. */
  readonly directory: string
  readonly signal: AbortSignal
  /** Settings of the server that differ from guiji's own; only the process that starts it sets them. */
  readonly settings?: ServerSettings
  /** Remove the workspace when the server stops. */
  readonly temporary?: boolean
}

/**
 * A share in the embedded server of a workspace. While any process holds one, the server runs; giving back the
 * last one waits until server and keeper are gone.
 */
export interface ServerLease extends AsyncDisposable {
  /** With the password. */
  readonly url: string
}

/**
 * Finds the workspace's server or starts it. Should the keeper or the server die while the lease is held, it is
 * started again on the same port; what was under way fails, what follows finds it.
 *
 * @throws GuijiError every STORE_ code of a failed start; the signal's reason when it aborts
 */
export async function leaseServer(options: LeaseOptions): Promise<ServerLease> {
  const workspace = await realpath(options.directory)
  const paths = storePaths(workspace)
  await mkdir(paths.folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw notPermitted(paths.folder, error)
  })
  const identity = await ensureIdentity(paths).catch((error: unknown) => {
    throw notPermitted(paths.identity, error)
  })
  const starter = new KeeperStarter(paths, {
    workspace,
    settings: options.settings ?? {},
    temporary: options.temporary ?? false,
  })
  const call = await reachKeeper(workspace, identity.token, starter, options.signal)
  const share = new Share(call, (signal) => reachKeeper(workspace, identity.token, starter, signal))
  return {
    url: storeUrl(identity, call.port),
    [Symbol.asyncDispose]: () => share.giveBack(),
  }
}

async function reachKeeper(
  workspace: string,
  token: string,
  starter: KeeperStarter,
  signal: AbortSignal,
): Promise<KeeperCall> {
  for (;;) {
    signal.throwIfAborted()
    const socket = await reach(meetingPoint(workspace))
    if (socket) {
      const call = await callKeeper(socket, token, starter.paths, signal)
      if (call) return call
    } else {
      await starter.ensure()
      await sleep(RETRY_MILLISECONDS)
    }
  }
}

/** The connection that is the lease, made anew when it breaks. */
class Share {
  readonly #again: (signal: AbortSignal) => Promise<KeeperCall>
  readonly #givenBack = new AbortController()
  #call: KeeperCall
  #healing: Promise<void>

  constructor(call: KeeperCall, again: (signal: AbortSignal) => Promise<KeeperCall>) {
    this.#call = call
    this.#again = again
    this.#healing = this.#heal()
  }

  async giveBack(): Promise<void> {
    this.#givenBack.abort()
    await Promise.all([this.#call.release(), this.#healing])
  }

  async #heal(): Promise<void> {
    const { signal } = this.#givenBack
    for (;;) {
      await this.#call.closed
      if (signal.aborted) return
      const call = await this.#tryAgain(signal)
      // Whoever uses the store learns from its own failing query why it does not come back.
      if (!call) return
      if (signal.aborted) return call.release()
      this.#call = call
    }
  }

  async #tryAgain(signal: AbortSignal): Promise<KeeperCall | undefined> {
    for (const delay of HEAL_DELAYS) {
      await sleep(delay, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return undefined
      try {
        return await this.#again(signal)
      } catch {
        // The next, later, attempt may find the disk freed.
      }
    }
    return undefined
  }
}
