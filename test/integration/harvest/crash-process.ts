import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import type { RunOptions } from '../../../src/harvest/run.ts'
import type { RunSummary } from '../../../src/harvest/run-events.ts'
import type { City } from './city.ts'

/** A process that harvests, to be killed, stopped and woken. */
export interface Worker {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  /** Settles with all it said once it has said `text` `times` times, or has ended. */
  heard(text: string, times?: number): Promise<string>
  /** Settles with all it said when it is gone. */
  ended(): Promise<string>
}

export function startWorker(
  town: City,
  code: string,
  options: { readonly pause: number; readonly seed?: number },
): Worker {
  const script = path.join(import.meta.dirname, 'crash-worker.ts')
  const words = [script, town.database.url, town.directory, code, String(options.pause)]
  const seeded = options.seed === undefined ? words : [...words, String(options.seed)]
  const child = spawn(process.execPath, seeded, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let wake = () => {}
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    said += part
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part
  })
  const exit = once(child, 'close').then(() => wake())
  const heard = async (text: string, times = 1) => {
    while (said.split(text).length - 1 < times && child.exitCode === null && child.signalCode === null)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return said
  }
  return {
    process: child,
    heard,
    ended: async () => {
      await exit
      return said
    },
  }
}

/** Kills the worker with -9 and waits until it is gone. */
export async function kill(worker: Worker): Promise<string> {
  worker.process.kill('SIGKILL')
  return await worker.ended()
}

/** Harvests; the server needs a moment to notice that a process is gone. */
export async function harvestAfterCrash(
  town: City,
  code: string,
  options: Partial<RunOptions> = {},
): Promise<RunSummary> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await town.harvest(code, options)
    } catch (error) {
      if (!(error instanceof GuijiError) || error.code !== 'RUN_ACTIVE' || tries > 50) throw error
      await sleep(100)
    }
  }
}
