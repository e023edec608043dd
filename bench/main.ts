/**
 * `npm run bench`: guiji beside raw PostgreSQL on the same bytes, the same columns and key, the same server with
 * fsync on, in turn. Prints ratios and writes `bench/RESULTS.md`. Nothing here is asserted by the tests.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { writeDivisions } from './division-file.ts'
import { divisionSides } from './division-sides.ts'
import { inTurn } from './measure.ts'
import { report } from './report.ts'

const rounds = Number(process.argv[2] ?? 5)
const directory = await mkdtemp(path.join(tmpdir(), 'guiji-bench-'))
try {
  const file = path.join(directory, 'divisions.csv')
  const data = await writeDivisions(file)
  await using bench = await divisionSides(directory, file, data.rows)
  console.log(`${data.rows} rows, ${data.origin}; ${rounds} rounds`)
  await inTurn(bench.sides, 1)
  const times = await inTurn(bench.sides, rounds)
  await report({ ...data, rounds, times, serverVersion: bench.serverVersion })
} finally {
  await rm(directory, { recursive: true, force: true })
}
