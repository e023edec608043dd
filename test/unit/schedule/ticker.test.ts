import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBell } from '../../../src/schedule/bell.ts'
import { cronTicker, steadyTicker, type Ticker } from '../../../src/schedule/ticker.ts'

/** Listens to a ticker for a while. */
async function beatsIn(ticker: Ticker, milliseconds: number): Promise<number> {
  const stop = new AbortController()
  let beats = 0
  ticker(() => {
    beats += 1
  }, stop.signal)
  await pause(milliseconds)
  stop.abort()
  const heard = beats
  await pause(milliseconds)
  expect(beats, 'beats after the end').toBe(heard)
  return heard
}

test('a ticker that stopped is made good for', async () => {
  const dead: Ticker = () => {}
  expect(await beatsIn(dead, 60)).toBe(0)
  expect(await beatsIn(steadyTicker(dead, { silence: 20, gap: 1 }), 300)).toBeGreaterThan(2)
})

test('a ticker that raves is hushed', async () => {
  const raving: Ticker = (beat, signal) => {
    const timer = setInterval(() => {
      for (let again = 0; again < 500; again++) beat()
    }, 1)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }
  expect(await beatsIn(raving, 60)).toBeGreaterThan(400)
  const heard = await beatsIn(steadyTicker(raving, { silence: 10_000, gap: 50 }), 260)
  expect(heard).toBeGreaterThan(0)
  expect(heard).toBeLessThanOrEqual(6)
})

test('node-cron leaves nothing running when it is stopped', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const stop = new AbortController()
  cronTicker(() => {}, stop.signal)
  const running = timers()
  stop.abort()
  await pause(10)
  expect(running).toBe(before + 1)
  expect(timers()).toBeLessThan(running)
})

test('a bell is heard by who came too late', async () => {
  const bell = createBell()
  const heard = bell.heard()
  bell.ring()
  await bell.wait(heard, 60_000)
  const woken = bell.wait(bell.heard(), 60_000)
  bell.ring()
  await woken
})
