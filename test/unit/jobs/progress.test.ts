import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { speaker } from '../../../jobs/messages.ts'
import { outputTo } from '../../../jobs/terminal/output.ts'
import { drawProgress } from '../../../jobs/terminal/progress.ts'

test('progress shows records, rate and the time left of each run and of all, and leaves nothing behind', () => {
  vi.useFakeTimers({ now: 0 })
  try {
    const stream = new PassThrough()
    const read = () => String(stream.read() ?? '')
    const progress = drawProgress(outputTo(stream), speaker('en'), { total: 2, clock: Date.now })
    progress.take({ event: 'started', run: '1', dataset: '户籍', mode: 'snapshot', at: '' })
    const about = { run: '1', dataset: '户籍' }
    progress.take({ event: 'planned', ...about, lane: 'rows', kind: 'fresh', declared: '4000' })
    vi.setSystemTime(9_880)
    progress.take({ event: 'progress', ...about, read: '1000', bytes: 10 })
    vi.advanceTimersByTime(120)
    const lines = read().split('\n')
    expect(lines[0]).toBe(`户籍${' '.repeat(24)}   25%  1,000 records  100/s  30.0 s left`)
    expect(lines[1]).toBe('0 of 2 datasets  1,000 records  100/s')
    progress[Symbol.dispose]()
    expect(read()).toBe('\u001b[2A\u001b[J')
    vi.advanceTimersByTime(1000)
    expect(read()).toBe('')
  } finally {
    vi.useRealTimers()
  }
})
