import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { GuijiError } from '../../errors/guiji-error.ts'
import { notPermitted } from './file-errors.ts'
import type { KeeperOptions } from './keeper.ts'
import type { StorePaths } from './paths.ts'
import { tail } from './start-failure.ts'

const ATTEMPTS = 3
const program = fileURLToPath(new URL('keeper.ts', import.meta.url))

/** Starts keepers until one holds the name; those that find it taken end by themselves. */
export class KeeperStarter {
  readonly paths: StorePaths
  readonly #options: KeeperOptions
  #child: ChildProcess | undefined
  #failures = 0
  #logStart = 0

  constructor(paths: StorePaths, options: KeeperOptions) {
    this.paths = paths
    this.#options = options
  }

  /** @throws GuijiError STORE_KEEPER_FAILED when keepers end one after the other, with their log as cause */
  async ensure(): Promise<void> {
    const child = this.#child
    if (child && child.exitCode === null && child.signalCode === null) return
    if (child && child.exitCode !== 0) this.#failures += 1
    if (this.#failures < ATTEMPTS) {
      this.#child = await this.#start()
      return
    }
    this.#failures = 0
    this.#child = undefined
    const log = await tail(this.paths.keeperLog, this.#logStart)
    const details = { path: this.paths.workspace, reason: 'it ended at once', log: this.paths.keeperLog }
    throw new GuijiError('STORE_KEEPER_FAILED', details, { cause: new Error(log.trim()) })
  }

  async #start(): Promise<ChildProcess> {
    await using log = await open(this.paths.keeperLog, 'a', 0o600).catch((error: unknown) => {
      throw notPermitted(this.paths.keeperLog, error)
    })
    this.#logStart = (await log.stat()).size
    // A session of its own, so that Ctrl-C in a terminal ends the commands and not the server under them; no
    // environment, because secrets of sources have no place in a process that outlives the command.
    const child = spawn(process.execPath, [program, JSON.stringify(this.#options)], {
      detached: true,
      cwd: '/',
      ...(process.platform !== 'win32' && { env: {} }),
      stdio: ['ignore', log.fd, log.fd],
    })
    await once(child, 'spawn')
    child.unref()
    return child
  }
}
