/** A child process that runs one harvest, so that its memory is guiji's alone, and tells how it went. */
import { readFileSync } from 'node:fs'
import { openStore } from '../src/store/open-store.ts'
import { harvestOnce } from './collector.ts'
import { seconds } from './measure.ts'

export interface ChildJob {
  readonly url: string
  readonly workspace: string
  readonly rows: number
}

export interface ChildReport {
  readonly seconds: number
  /** The most this process held in memory, above what it held with the store just opened. */
  readonly mebibytes: number
}

process.once('message', async (job: ChildJob) => {
  await using store = await openStore({
    directory: job.workspace,
    url: job.url,
    signal: new AbortController().signal,
  })
  const memory = watchMemory()
  const took = await seconds(() =>
    harvestOnce(store, job.workspace, { state: 'succeeded', heldAfter: String(job.rows) }),
  )
  process.send?.({ seconds: took, mebibytes: memory.mostAboveStart() / 2 ** 20 } satisfies ChildReport)
  process.disconnect()
})

/** Samples the resident memory; where the system itself keeps the peak, nothing between two samples is missed. */
function watchMemory(): { mostAboveStart(): number } {
  const start = process.memoryUsage.rss()
  let most = start
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  return {
    mostAboveStart: () => {
      clearInterval(sampler)
      return Math.max(most, process.memoryUsage.rss(), systemPeak()) - start
    },
  }
}

/** Linux: the largest resident size of this process ever. Elsewhere nothing. */
function systemPeak(): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}
