/** Records that do not fit are kept with their bytes and reasons: that must not need the memory of all of them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { csv, json } from './corpus/hostile-case.ts'
import { hostileCity } from './run-cases.ts'

const cases = [
  csv('two million lines of one letter', () =>
    Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(4 << 20, 'x\n')]),
  ),
  json('600,000 records that are no objects', () => Buffer.from(`[${'1,'.repeat(600_000)}1]`)),
]

test.each(cases.map((one) => [one.name, one] as const))('%s', { timeout: 120_000 }, async (_, one) => {
  await using place = await hostileCity([one])
  const begun = process.memoryUsage().rss
  let highest = 0
  const stop = new AbortController()
  const watching = (async () => {
    while (!stop.signal.aborted) {
      highest = Math.max(highest, process.memoryUsage().rss)
      await sleep(20, undefined, { signal: stop.signal }).catch(() => {})
    }
  })()
  const outcome = await place.run(one)
  stop.abort()
  await watching
  expect(outcome.faults).toEqual([])
  expect(BigInt(outcome.read)).toBeGreaterThan(600_000n)
  expect((highest - begun) / 2 ** 20).toBeLessThan(700)
})
