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
import { type CommandMaker, countOption, idWord, newCommand, onCall } from '../command.ts'
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
    .argument('[dataset]', say('argument.dataset'))
    .addOption(new Option('--reason <reason>', say('option.reason')))
    .addOption(new Option('--list', say('option.list')))
    .addOption(new Option('--limit <n>', say('option.limit', { count: defaultLimit })))
    .addOption(new Option('--export <file.csv>', say('option.reject-export')))
    .addOption(new Option('--raw <no>', say('option.raw')))
  return onCall<RejectsOptions>(command, done, (options, [code]) =>
    rejects(shell, options, typeof code === 'string' ? code : undefined),
  )
}

async function rejects(shell: Shell, options: RejectsOptions, code: string | undefined): Promise<ExitCode> {
  const limit = countOption('--limit', options.limit ?? defaultLimit)
  await using session = await openSession(shell, options)
  const dataset = code === undefined ? undefined : await listedDataset(session.pool, code)
  if (options.raw !== undefined) return await writeRaw(shell, session, dataset, options.raw)
  const choice = { datasetId: dataset?.id, reason: options.reason }
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
  dataset: ListedDataset | undefined,
  id: string,
): Promise<ExitCode> {
  const raw = await rejectedBytes(pool, dataset?.id, idWord('--raw', id))
  if (raw === undefined) throw new GuijiError('REJECT_UNKNOWN', { dataset: dataset?.code ?? '*', found: id })
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
  { groups, code }: { readonly groups: readonly RejectGroup[]; readonly code: string | undefined },
): void {
  const { out, say } = shell
  const zone = settings.timeZone
  if (options.json === true) {
    const shown = groups.map((group) => ({ ...group, lastAt: instantText(group.lastAt, zone) }))
    out.json({ dataset: code ?? null, rejects: totalOf(groups), groups: shown })
    return
  }
  if (groups.length === 0) {
    out.line(say('rejects.none'))
    return
  }
  out.lines(
    formatTable(
      [
        { title: say('run.dataset') },
        { title: say('rejects.reason') },
        { title: say('rejects.item') },
        { title: say('rejects.count'), align: 'right' },
        { title: say('rejects.last') },
        { title: say('rejects.example'), max: 60 },
      ],
      groups.map(({ dataset, reason, column, count, lastAt, message }) => [
        dataset,
        reasonWord(reason, say),
        column,
        countText(count),
        shortInstant(lastAt, zone),
        message,
      ]),
    ),
  )
  const command = ['guiji rejects', ...(code === undefined ? [] : [code]), '--list'].join(' ')
  out.line(say('rejects.total', { count: countText(totalOf(groups)), command }))
}

async function showList(
  shell: Shell,
  { pool, settings }: Session,
  options: RejectsOptions,
  list: {
    readonly choice: RejectChoice
    readonly groups: readonly RejectGroup[]
    readonly limit: number
    readonly code: string | undefined
  },
): Promise<void> {
  const { out, say } = shell
  const records = await rejectedRecords(pool, { ...list.choice, after: 0n, limit: list.limit })
  const count = totalOf(list.groups)
  if (options.json === true) {
    const shown = records.map((record) => recordJson(record, settings.timeZone))
    out.json({ dataset: list.code ?? null, rejects: count, records: shown })
    return
  }
  if (records.length === 0) {
    out.line(say('rejects.none'))
    return
  }
  out.lines(recordTable(shell, records))
  out.line(say('rejects.shown', { shown: records.length, count: countText(count) }))
}

function recordTable({ say }: Shell, records: readonly RejectedRecord[]): string[] {
  return formatTable(
    [
      { title: say('rejects.id'), align: 'right' },
      { title: say('run.dataset') },
      { title: say('rejects.place') },
      { title: say('rejects.reason') },
      { title: say('rejects.item') },
      { title: say('rejects.value'), max: 30 },
      { title: say('rejects.raw'), max: 60 },
    ],
    records.map((record) => [
      String(record.id),
      record.dataset,
      placeWords(record.place, say),
      reasonWord(record.reason, say),
      record.column,
      record.value,
      rawText(record.raw),
    ]),
  )
}

function recordJson(record: RejectedRecord, zone: string): object {
  return {
    id: record.id,
    dataset: record.dataset,
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
