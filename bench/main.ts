/**
 * `npm run bench`: guiji beside raw PostgreSQL on the same bytes, the same columns and key, the same server with
 * fsync on, in turn. Prints ratios; a run of all cases writes `bench/RESULTS.md`. Nothing here is asserted by the tests.
 */
import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { csv } from './cases/csv.ts'
import { divisions } from './cases/divisions.ts'
import { gb18030 } from './cases/gb18030.ts'
import { httpJson } from './cases/http-json.ts'
import { pgloader } from './cases/pgloader.ts'
import { postgres } from './cases/postgres.ts'
import { scale } from './cases/scale.ts'
import { start } from './cases/start.ts'
import { type Ground, prepareGround } from './ground.ts'
import type { Findings } from './measure.ts'
import { type CaseName, caseNames, readOptions } from './options.ts'
import { resultHead, resultTables } from './report.ts'

const cases: Readonly<Record<CaseName, (ground: Ground) => Promise<Findings>>> = {
  csv,
  gb18030,
  postgres,
  'http-json': httpJson,
  divisions,
  pgloader,
  scale,
  start,
}

const options = readOptions(process.argv.slice(2))
const loadBefore = loadavg()[0] ?? Number.NaN
const directory = await mkdtemp(path.join(tmpdir(), 'guiji-bench-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
    process.exit(1)
  })
}
try {
  await using ground = await prepareGround(directory, options.rows, options.rounds)
  const seconds = new Map<string, readonly number[]>()
  const mebibytes = new Map<string, readonly number[]>()
  const skipped: string[] = []
  for (const name of options.only) {
    console.error(`${name} …`)
    const found = await cases[name](ground)
    for (const [side, values] of found.seconds) seconds.set(side, values)
    for (const [side, values] of found.mebibytes ?? []) mebibytes.set(side, values)
    if (found.skipped !== undefined) skipped.push(found.skipped)
  }
  const tables = resultTables({ seconds, mebibytes }, skipped)
  console.log(`\n${tables}`)
  if (caseNames.every((name) => options.only.includes(name))) {
    const head = await resultHead(options, { serverVersion: ground.store.serverVersion, loadBefore })
    await writeFile(new URL('RESULTS.md', import.meta.url), `${head}\n${tables}\n`)
  } else console.error('\nRESULTS.md is left as it is: not all cases were run')
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 })
}
