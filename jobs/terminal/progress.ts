import type { RunEvent } from '../../src/harvest/run-events.ts'
import type { Say } from '../messages.ts'
import { countText, secondsText } from './format.ts'
import type { Output } from './output.ts'
import { cut, pad } from './width.ts'

const redrawMilliseconds = 120

interface ActiveRun {
  readonly dataset: string
  readonly since: number
  bytes?: number
  declared?: bigint
  read: bigint
  readBytes: number
}

export interface Progress extends Disposable {
  take(event: RunEvent): void
}

/** No progress: what a pipe gets. */
export const silent: Progress = { take: () => {}, [Symbol.dispose]: () => {} }

/**
 * Lines that redraw themselves at the end of a terminal: one per run under way (records, rate, time left where the
 * source says how much there is) and one for all. Gone when disposed of.
 */
export function drawProgress(
  out: Output,
  say: Say,
  options: { readonly total: number; readonly clock: () => number },
): Progress {
  const active = new Map<string, ActiveRun>()
  const begun = options.clock()
  let drawn = 0
  let done = 0
  let read = 0n

  const erase = () => (drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`)
  const draw = () => {
    const now = options.clock()
    const lines = [...active.values()].map((run) => runLine(run, now, say))
    const all = [...active.values()].reduce((sum, run) => sum + run.read, read)
    lines.push(overallLine({ done, total: options.total, read: all, seconds: (now - begun) / 1000 }, say))
    const width = Math.max(20, out.width - 1)
    void out.write(erase() + lines.map((line) => `${cut(line, width)}\n`).join(''))
    drawn = lines.length
  }
  const timer = setInterval(draw, redrawMilliseconds)
  timer.unref()

  return {
    take(event) {
      const run = active.get(event.run)
      if (event.event === 'started')
        active.set(event.run, { dataset: event.dataset, since: options.clock(), read: 0n, readBytes: 0 })
      else if (run !== undefined && (event.event === 'planned' || event.event === 'progress'))
        advance(run, event)
      else if (event.event === 'finished') {
        active.delete(event.run)
        done += 1
        read += BigInt(event.read)
      }
    },
    [Symbol.dispose]() {
      clearInterval(timer)
      void out.write(erase())
    },
  }
}

function advance(run: ActiveRun, event: Extract<RunEvent, { event: 'planned' | 'progress' }>): void {
  if (event.event === 'progress') {
    run.read = BigInt(event.read)
    run.readBytes = event.bytes
    return
  }
  if (event.bytes !== undefined) run.bytes = event.bytes
  if (event.declared !== undefined) run.declared = BigInt(event.declared)
}

function runLine(run: ActiveRun, now: number, say: Say): string {
  const seconds = Math.max(0.001, (now - run.since) / 1000)
  const share = shareRead(run)
  const parts = [
    pad(run.dataset, 28),
    share === undefined ? '' : `${pad(String(Math.floor(share * 100)), 3, 'right')}%`,
    say('progress.rows', { count: countText(run.read) }),
    say('progress.rate', { count: countText(Math.floor(Number(run.read) / seconds)) }),
    share === undefined || share === 0 ? '' : say('progress.left', { time: timeLeft(share, seconds) }),
  ]
  return parts.filter((part) => part !== '').join('  ')
}

/** How much of what the source announced is read; undefined where it announced nothing. */
function shareRead({ declared, read, bytes, readBytes }: ActiveRun): number | undefined {
  if (declared !== undefined && declared > 0n) return Math.min(1, Number(read) / Number(declared))
  return bytes !== undefined && bytes > 0 ? Math.min(1, readBytes / bytes) : undefined
}

function timeLeft(share: number, seconds: number): string {
  return secondsText((seconds / share) * (1 - share))
}

function overallLine(
  all: { readonly done: number; readonly total: number; readonly read: bigint; readonly seconds: number },
  say: Say,
): string {
  const { done, total, read, seconds } = all
  const parts = [
    say('progress.overall', { done, total }),
    say('progress.rows', { count: countText(read) }),
    say('progress.rate', { count: countText(Math.floor(Number(read) / Math.max(0.001, seconds))) }),
  ]
  if (done > 0 && done < total) parts.push(say('progress.left', { time: timeLeft(done / total, seconds) }))
  return parts.join('  ')
}
