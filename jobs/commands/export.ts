import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Option } from 'commander'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type ListedDataset, listedDataset } from '../../src/store/read-datasets.ts'
import { type ExportChoice, exportQuery } from '../../src/store/read-export.ts'
import { type CommandMaker, newCommand, onCall, word } from '../command.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText } from '../terminal/format.ts'

interface ExportOptions extends GlobalOptions {
  readonly to?: string
  readonly gone?: boolean
  readonly titles?: boolean
  readonly bom?: boolean
}

export const exportCommand: CommandMaker = (shell, done) => {
  const { say } = shell
  const command = newCommand(shell, 'export', {
    about: 'help.export',
    example: 'guiji export hukou --to hukou.csv',
  })
    .argument('<dataset>', say('argument.dataset'))
    .addOption(new Option('--to <file>', say('option.to')))
    .addOption(new Option('--titles', say('option.titles')))
    .addOption(new Option('--bom', say('option.bom')))
    .addOption(new Option('--gone', say('option.gone')))
  return onCall<ExportOptions>(command, done, (options, words) => run(shell, options, word(words, 0)))
}

async function run(shell: Shell, options: ExportOptions, code: string): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const dataset = await listedDataset(session.pool, code)
  if (options.to === undefined) {
    await copyOut(shell, session.pool, { dataset, options, target: process.stdout, end: false })
    return 0
  }
  // Nobody must take the half of a file that was interrupted for the whole.
  const part = `${options.to}.part`
  try {
    const target = createWriteStream(part)
    const rows = await copyOut(shell, session.pool, { dataset, options, target, end: true })
    await rename(part, options.to)
    if (options.json === true) shell.out.json({ dataset: code, file: options.to, rows })
    else shell.err.line(shell.say('export.done', { rows: countText(rows), file: options.to }))
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  return 0
}

async function copyOut(
  { signal }: Shell,
  pool: pg.Pool,
  job: {
    readonly dataset: ListedDataset
    readonly options: ExportOptions
    readonly target: Writable
    readonly end: boolean
  },
): Promise<number> {
  const { dataset, options, target, end } = job
  const choice: ExportChoice = { gone: options.gone === true, titles: options.titles === true }
  const client = await pool.connect()
  let broken = true
  try {
    const query = await exportQuery(client, dataset, choice)
    const stream = client.query(copyTo(`copy (${query}) to stdout (format csv, header)`))
    if (options.bom === true) target.write('\ufeff')
    await pipeline(stream, target, { signal, end })
    broken = false
    return stream.rowCount
  } finally {
    // A connection in the middle of COPY is of no use to anybody.
    client.release(broken)
  }
}
