import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { DropFolder } from '../drop-folder.ts'
import { enterprises } from '../enterprises.ts'
import type { Ground } from '../ground.ts'
import type { ChildJob, ChildReport } from '../harvest-child.ts'
import { writeCsv } from '../made-files.ts'
import type { Findings } from '../measure.ts'

/** A CSV file and one ten times as long, each harvested by a process of its own: slope and memory. */
export async function scale(ground: Ground): Promise<Findings> {
  const source = { kind: 'csv', config: { root: 'drops' } }
  const { workspace, guiji } = await ground.collector('scale', enterprises(source, { file: 'data.csv' }))
  const drops = new DropFolder(workspace, 'data.csv')
  const seconds = new Map<string, number[]>()
  const mebibytes = new Map<string, number[]>()
  const note = (name: string, report: ChildReport) => {
    seconds.set(name, [...(seconds.get(name) ?? []), report.seconds])
    mebibytes.set(name, [...(mebibytes.get(name) ?? []), report.mebibytes])
  }
  const large = path.join(ground.directory, 'tenfold.csv')
  const tenfold = ground.rows * 10
  const largeChanged = path.join(ground.directory, 'tenfold-changed.csv')
  await writeCsv(large, tenfold, 'base')
  await writeCsv(largeChanged, tenfold, 'spread')
  const [base, spread] = [await ground.csv('base'), await ground.csv('spread')]
  const sizes = [
    { label: '1 ×', rows: ground.rows, file: base.file, changed: spread.file },
    { label: '10 ×', rows: tenfold, file: large, changed: largeChanged },
  ]
  for (let round = 0; round < ground.rounds; round += 1) {
    for (const { label, rows, file, changed } of sizes) {
      const job: ChildJob = { url: ground.store.url, workspace, rows }
      await guiji.fresh()
      await drops.put(file)
      note(`scale: ${label} first load`, await harvestInChild(job))
      await drops.touch()
      note(`scale: ${label} unchanged, touched`, await harvestInChild(job))
      await drops.put(changed)
      note(`scale: ${label} 2 % changed`, await harvestInChild(job))
    }
  }
  await guiji.fresh()
  await rm(large)
  await rm(largeChanged)
  return { seconds, mebibytes }
}

async function harvestInChild(job: ChildJob): Promise<ChildReport> {
  const child = fork(path.join(import.meta.dirname, '../harvest-child.ts'))
  child.send(job)
  const ended = once(child, 'exit')
  const answered = once(child, 'message')
  const [report] = await Promise.race([answered, ended.then(() => [undefined])])
  if (report === undefined) throw new Error('the child process ended without a report')
  await ended
  return report
}
