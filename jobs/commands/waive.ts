import { Option } from 'commander'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { judge } from '../../src/freshness/judge.ts'
import { planOccurrences } from '../../src/freshness/plan-occurrences.ts'
import { applyWaivers, recordWaivers, revokeWaiver, untilInstant } from '../../src/freshness/waivers.ts'
import { type ListedDataset, listedDataset } from '../../src/store/read-datasets.ts'
import { readPeriods, readWaivers, type WaiverRecord } from '../../src/store/read-waivers.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { formats } from '../../src/workspace/formats.ts'
import { type CommandMaker, idWord, newCommand, onCall, wordList } from '../command.ts'
import { openSession, type Session } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { waiverJson, waiverTable } from '../waiver-words.ts'

interface WaiveOptions extends GlobalOptions {
  readonly until?: string
  readonly reason?: string
  readonly by?: string
  readonly revoke?: string
}

export const waiveCommand: CommandMaker = (shell, done) => {
  const { say } = shell
  const example =
    'guiji waive people 2026-10 --until 2026-11-20 --reason "new system" --by "Wang, Civil Affairs"'
  const command = newCommand(shell, 'waive', { about: 'help.waive', example })
    .argument('[dataset]', say('argument.dataset'))
    .argument('[periods...]', say('argument.periods'))
    .addOption(new Option('--until <when>', say('option.until')))
    .addOption(new Option('--reason <text>', say('option.waive-reason')))
    .addOption(new Option('--by <who>', say('option.waive-by')))
    .addOption(new Option('--revoke <waiver>', say('option.revoke')))
  return onCall<WaiveOptions>(command, done, (options, words) =>
    waive(shell, options, typeof words[0] === 'string' ? words[0] : undefined, wordList(words, 1)),
  )
}

async function waive(
  shell: Shell,
  options: WaiveOptions,
  code: string | undefined,
  periods: readonly string[] | undefined,
): Promise<ExitCode> {
  if (options.revoke !== undefined && periods !== undefined)
    throw new GuijiError('COMMAND_CHOICE', { found: shell.say('waive.either') })
  await using session = await openSession(shell, options)
  const dataset = code === undefined ? undefined : await listedDataset(session.pool, code)
  const ids: readonly bigint[] =
    options.revoke !== undefined
      ? [await revoke(shell, session, options, options.revoke)]
      : dataset !== undefined && periods !== undefined
        ? await grant(shell, session, options, { dataset, periods })
        : []
  const all = await readWaivers(session.pool, dataset?.id)
  show(shell, options, session, ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id)))
  return 0
}

async function grant(
  shell: Shell,
  session: Session,
  options: WaiveOptions,
  { dataset, periods }: { readonly dataset: ListedDataset; readonly periods: readonly string[] },
): Promise<bigint[]> {
  const { db, pool } = session
  const reason = required('--reason', options.reason)
  const announcedBy = required('--by', options.by)
  const now = new Date(shell.clock())
  await planOccurrences(db, { now, horizonDays, datasetIds: [dataset.id] })
  await requirePeriods(session, dataset, { periods, now })
  const until =
    options.until === undefined ? undefined : untilInstant(untilText(options.until), await zoneOf())
  const waiver = { datasetId: dataset.id, periods, until, reason, announcedBy, recordedBy: shell.user }
  const ids = await db.transaction().execute(async (trx) => {
    const recorded = await recordWaivers(trx, [{ ...waiver, origin: 'command' }], now)
    await applyWaivers(trx, now, [dataset.id])
    await judge(trx, { now, datasetIds: [dataset.id] })
    return recorded
  })
  return ids

  async function zoneOf(): Promise<string> {
    const { rows } = await pool.query<{ zone: string }>(
      `select definition -> 'commitment' ->> 'timeZone' as zone from guiji.dataset where id = $1`,
      [dataset.id],
    )
    return rows[0]?.zone ?? session.settings.timeZone
  }
}

/** What a document gives is taken back there, or the next apply would give it again. */
async function revoke(shell: Shell, session: Session, options: WaiveOptions, text: string): Promise<bigint> {
  const id = idWord('--revoke', text)
  const reason = required('--reason', options.reason)
  const found = (await readWaivers(session.pool, undefined)).find((waiver) => waiver.id === id)
  if (found?.origin === 'document') throw new GuijiError('WAIVER_OF_DOCUMENT', { found: id })
  const now = new Date(shell.clock())
  await session.db.transaction().execute(async (trx) => {
    await revokeWaiver(trx, id, { by: shell.user, reason, now })
    await applyWaivers(trx, now)
    await judge(trx, { now })
  })
  return id
}

async function requirePeriods(
  { pool }: Session,
  { id, code }: ListedDataset,
  { periods, now }: { readonly periods: readonly string[]; readonly now: Date },
): Promise<void> {
  const known = await readPeriods(pool, id, now)
  for (const found of periods.filter((period) => !known.includes(period)))
    throw new GuijiError('PERIOD_UNKNOWN', {
      dataset: code,
      found,
      known: known.slice(0, 12).join(', ') || '—',
    })
}

function untilText(found: string): string {
  if (formats.until?.(found) === true) return found
  throw new GuijiError('COMMAND_VALUE', {
    option: '--until',
    found,
    expected: '2026-11-20, 2026-11-20T18:00, 2026-11-20T18:00+08:00',
  })
}

function required(option: string, value: string | undefined): string {
  if (value !== undefined && value.trim() !== '') return value.trim()
  throw new GuijiError('COMMAND_ARGUMENT_MISSING', { found: option, command: 'guiji waive' })
}

function show(
  shell: Shell,
  options: WaiveOptions,
  { settings }: Session,
  waivers: readonly WaiverRecord[],
): void {
  const { out, say } = shell
  if (options.json === true)
    out.json({ waivers: waivers.map((waiver) => waiverJson(waiver, settings.timeZone)) })
  else if (waivers.length === 0) out.line(say('waive.none'))
  else out.lines(waiverTable(shell, waivers, settings.timeZone))
}
