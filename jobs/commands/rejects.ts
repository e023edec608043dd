import { Option } from 'commander'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { type ListedDataset, listedDataset } from '../../src/store/read-datasets.ts'
import {
  type RejectChoice,
  type RejectedRecord,
  type RejectGroup,
  rejectedBytes,
  rejectedRecords,
  rejectGroups,
} from '../../src/store/read-rejects.ts'
import { type CommandMaker, countOption, idWord, newCommand, onCall, word } from '../command.ts'
import { exportRejects } from '../export-rejects.ts'
import { rawText } from '../raw-text.ts'
import { placeWords, reasonWord } from '../reject-words.ts'
import { openSession, type Session } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface RejectsOptions extends GlobalOptions {
  readonly reason?: string
  readonly list?: boolean
  readonly limit?: string
  readonly export?: string
  readonly raw?: string
}

const defaultLimit = '50'

export const rejectsCommand: CommandMaker = (shell, done) => {
  const { say } = shell
  const command = newCommand(shell, 'rejects', {
    about: 'help.rejects',
    example: 'guiji rejects hukou --list',
  })
    .argument('<dataset>', say('argument.dataset'))
    .addOption(new Option('--reason <reason>', say('option.reason')))
    .addOption(new Option('--list', say('option.list')))
    .addOption(new Option('--limit <n>', say('option.limit', { count: defaultLimit })))
    .addOption(new Option('--export <file.csv>', say('option.reject-export')))
    .addOption(new Option('--raw <no>', say('option.raw')))
  return onCall<RejectsOptions>(command, done, (options, words) => rejects(shell, options, word(words, 0)))
}

async function rejects(shell: Shell, options: RejectsOptions, code: string): Promise<ExitCode> {
  const limit = countOption('--limit', options.limit ?? defaultLimit)
  await using session = await openSession(shell, options)
  const dataset = await listedDataset(session.pool, code)
  if (options.raw !== undefined) return await writeRaw(shell, session, dataset, options.raw)
  const choice = { datasetId: dataset.id, reason: options.reason }
  if (options.export !== undefined) {
    const count = await exportRejects(shell, session.pool, choice, options.export)
    shell.err.line(shell.say('rejects.exported', { count: countText(count), file: options.export }))
    return 0
  }
  const groups = await rejectGroups(session.pool, choice)
  if (options.list === true) await showList(shell, session, options, { choice, groups, limit, code })
  else showGroups(shell, session, options, { groups, code })
  return 0
}

async function writeRaw(
  shell: Shell,
  { pool }: Session,
  dataset: ListedDataset,
  id: string,
): Promise<ExitCode> {
  const raw = await rejectedBytes(pool, dataset.id, idWord('--raw', id))
  if (raw === undefined) throw new GuijiError('REJECT_UNKNOWN', { dataset: dataset.code, found: id })
  await shell.out.write(raw)
  return 0
}

function totalOf(groups: readonly RejectGroup[]): bigint {
  return groups.reduce((sum, { count }) => sum + count, 0n)
}

function showGroups(
  shell: Shell,
  { settings }: Session,
  options: RejectsOptions,
  { groups, code }: { readonly groups: readonly RejectGroup[]; readonly code: string },
): void {
  const { out, say } = shell
  const zone = settings.timeZone
  if (options.json === true) {
    const shown = groups.map((group) => ({ ...group, lastAt: instantText(group.lastAt, zone) }))
    out.json({ dataset: code, rejects: totalOf(groups), groups: shown })
    return
  }
  if (groups.length === 0) {
    out.line(say('rejects.none'))
    return
  }
  out.lines(
    formatTable(
      [
        { title: say('rejects.reason') },
        { title: say('rejects.item') },
        { title: say('rejects.count'), align: 'right' },
        { title: say('rejects.last') },
        { title: say('rejects.example'), max: 60 },
      ],
      groups.map(({ reason, column, count, lastAt, message }) => [
        reasonWord(reason, say),
        column,
        countText(count),
        shortInstant(lastAt, zone),
        message,
      ]),
    ),
  )
  out.line(say('rejects.total', { count: countText(totalOf(groups)), dataset: code }))
}

async function showList(
  shell: Shell,
  { pool, settings }: Session,
  options: RejectsOptions,
  list: {
    readonly choice: RejectChoice
    readonly groups: readonly RejectGroup[]
    readonly limit: number
    readonly code: string
  },
): Promise<void> {
  const { out, say } = shell
  const records = await rejectedRecords(pool, { ...list.choice, after: 0n, limit: list.limit })
  const count = totalOf(list.groups)
  if (options.json === true) {
    const shown = records.map((record) => recordJson(record, settings.timeZone))
    out.json({ dataset: list.code, rejects: count, records: shown })
    return
  }
  if (records.length === 0) {
    out.line(say('rejects.none'))
    return
  }
  out.lines(
    formatTable(
      [
        { title: say('rejects.id'), align: 'right' },
        { title: say('rejects.place') },
        { title: say('rejects.reason') },
        { title: say('rejects.item') },
        { title: say('rejects.value'), max: 30 },
        { title: say('rejects.raw'), max: 60 },
      ],
      records.map((record) => [
        String(record.id),
        placeWords(record.place, say),
        reasonWord(record.reason, say),
        record.column,
        record.value,
        rawText(record.raw),
      ]),
    ),
  )
  out.line(say('rejects.shown', { shown: records.length, count: countText(count) }))
}

function recordJson(record: RejectedRecord, zone: string): object {
  return {
    id: record.id,
    reason: record.reason,
    column: record.column,
    value: record.value,
    message: record.message,
    place: record.place,
    raw: rawText(record.raw),
    firstRun: record.firstRun,
    lastRun: record.lastRun,
    firstAt: instantText(record.firstAt, zone),
    lastAt: instantText(record.lastAt, zone),
  }
}
