/**
 * `npm exec -- node bench/boards.ts [--datasets 100000] [--years 10] [--hourly 60] [--rounds 7]`: how long each page's
 * query takes on a store of 100,000 datasets with ten years of history, and claim and publish beside an empty store.
 * History is made in SQL, set by set; there are no data rows, only what the books say of them.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { claimAndPublish } from './boards/claim.ts'
import { openGround } from './boards/ground.ts'
import { makeHistory } from './boards/make-history.ts'
import { boardPages } from './boards/pages.ts'
import { median } from './measure.ts'

const { values } = parseArgs({
  options: {
    datasets: { type: 'string', default: '100000' },
    years: { type: 'string', default: '10' },
    hourly: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '7' },
  },
})
const scale = {
  datasets: Number(values.datasets),
  years: Number(values.years),
  hourly: Number(values.hourly),
}
const rounds = Number(values.rounds)
const directory = await mkdtemp(path.join(tmpdir(), 'guiji-boards-'))
try {
  await using empty = await openGround(path.join(directory, 'empty'))
  const claimEmpty = await claimAndPublish(empty, rounds)
  await using full = await openGround(path.join(directory, 'full'))
  const made = await makeHistory(full, scale)
  console.log(made.join('\n'))
  console.log('\n| query | ms, median | fastest | slowest | rows |\n|---|---:|---:|---:|---:|')
  for (const { name, ask } of boardPages(full)) {
    const times: number[] = []
    let rows = 0
    for (let round = 0; round <= rounds; round += 1) {
      const before = performance.now()
      rows = await ask()
      if (round > 0) times.push(performance.now() - before)
    }
    const all = [median(times), Math.min(...times), Math.max(...times)].map((ms) => ms.toFixed(1))
    console.log(`| ${name} | ${all.join(' | ')} | ${rows} |`)
  }
  console.log(
    `\nload of the machine while it was measured: ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`,
  )
  const claimFull = await claimAndPublish(full, rounds)
  console.log('\n| step | empty store, ms | full store, ms |\n|---|---:|---:|')
  for (const [step, ms] of claimFull)
    console.log(`| ${step} | ${claimEmpty.get(step)?.toFixed(2)} | ${ms.toFixed(2)} |`)
} finally {
  await rm(directory, { recursive: true, force: true })
}
