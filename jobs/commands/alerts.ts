import { randomUUID } from 'node:crypto'
import { Option } from 'commander'
import { type AlertKind, alertKindOf, alertKinds } from '../../catalog-schema/vocabulary/alert-kinds.ts'
import { raiseAlert, settleAlert } from '../../src/alerts/raise-alert.ts'
import { type RecordedAlert, readAlerts } from '../../src/alerts/read-alerts.ts'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { planOccurrences } from '../../src/freshness/plan-occurrences.ts'
import { listedDatasets } from '../../src/store/read-datasets.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { nearestWord } from '../../src/workspace/nearest-word.ts'
import { testMessage } from '../alert-words.ts'
import { causeText } from '../cause-text.ts'
import { type CommandMaker, countOption, idWord, newCommand, onCall, word } from '../command.ts'
import { type Alerts, openAlerts } from '../open-alerts.ts'
import { openSession, type Session } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { suggestionWords } from '../suggestion.ts'
import { instantText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface ListOptions extends GlobalOptions {
  readonly open?: boolean
  readonly limit?: string
}
interface RaiseOptions extends GlobalOptions {
  readonly department?: string
  readonly note?: string
}

const defaultLimit = '50'

export const alertsCommand: CommandMaker = (shell, done) => {
  const { say } = shell
  const make = (name: string, about: Parameters<typeof newCommand>[2]) => newCommand(shell, name, about)
  const list = make('alerts', { about: 'help.alerts' })
    .addOption(new Option('--open', say('option.open')))
    .addOption(new Option('--limit <n>', say('option.limit', { count: defaultLimit })))
  const check = make('check', { about: 'help.alerts-check', example: 'guiji alerts check' })
  const test = make('test', { about: 'help.alerts-test', example: 'guiji alerts test duty' })
  const raise = make('raise', {
    about: 'help.alerts-raise',
    example: 'guiji alerts raise answer-late --department gongan --note "request 12 of 3 November"',
  })
    .argument('<kind>', say('argument.kind'))
    .addOption(new Option('--department <code>', say('option.department')))
    .addOption(new Option('--note <text>', say('option.note')))
  const settle = make('settle', { about: 'help.alerts-settle', example: 'guiji alerts settle 7' })
  return onCall<ListOptions>(list, done, (options) => listAlerts(shell, options))
    .addCommand(onCall(check, done, (options) => checkNow(shell, options)))
    .addCommand(
      onCall(test.argument('<sink>', say('argument.sink')), done, (options, words) =>
        testSink(shell, options, word(words, 0)),
      ),
    )
    .addCommand(
      onCall<RaiseOptions>(raise, done, (options, words) => raiseOne(shell, options, word(words, 0))),
    )
    .addCommand(
      onCall(settle.argument('<alert>', say('argument.alert')), done, (options, words) =>
        settleOne(shell, options, word(words, 0)),
      ),
    )
}

function alertsOf({ clock, secrets }: Shell, { db, settings, directory }: Session): Promise<Alerts> {
  return openAlerts({ db, settings, directory, clock, secrets })
}

async function listAlerts(shell: Shell, options: ListOptions): Promise<ExitCode> {
  const limit = countOption('--limit', options.limit ?? defaultLimit)
  await using session = await openSession(shell, options)
  const found = await readAlerts(session.db, { open: options.open === true, limit })
  const zone = session.settings.timeZone
  if (options.json === true) shell.out.json({ alerts: found.map((one) => alertJson(one, zone)) })
  else if (found.length === 0) shell.out.line(shell.say('alert.none'))
  else shell.out.lines(alertTable(shell, found, zone))
  return 0
}

function alertJson(alert: RecordedAlert, zone: string): object {
  const instant = (at: Date | null) => (at === null ? null : instantText(at, zone))
  const { severity, article } = alertKindOf(alert.kind) ?? { severity: 'error' }
  return {
    ...alert,
    severity,
    article: article ?? null,
    openedAt: instant(alert.openedAt),
    escalatedAt: instant(alert.escalatedAt),
    closedAt: instant(alert.closedAt),
  }
}

function alertTable({ say, language }: Shell, found: readonly RecordedAlert[], zone: string): string[] {
  return formatTable(
    [
      { title: say('alert.id'), align: 'right' },
      { title: say('alert.opened') },
      { title: say('alert.closed') },
      { title: say('alert.kind') },
      { title: say('alert.subject'), max: 50 },
      { title: say('alert.cause') },
      { title: say('alert.datasets'), align: 'right' },
      { title: say('alert.told') },
    ],
    found.map((one) => [
      String(one.id),
      shortInstant(one.openedAt, zone),
      shortInstant(one.closedAt, zone),
      alertKindOf(one.kind)?.[language] ?? one.kind,
      [one.source ?? one.department ?? '', one.note ?? ''].filter((text) => text !== '').join(' · '),
      causeText(one.cause, language),
      String(one.datasets.length),
      one.deliveries.map(({ sink, state }) => say(`alert.told.${state}`, { sink })).join(', '),
    ]),
  )
}

async function checkNow(shell: Shell, options: GlobalOptions): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const alerts = await alertsOf(shell, session)
  await planOccurrences(session.db, { now: new Date(shell.clock()), horizonDays })
  const checked = await alerts.check(shell.signal)
  if (options.json === true) shell.out.json(checked)
  else shell.out.line(shell.say('alert.checked', { ...checked, heartbeat: '' }))
  if (checked.heartbeat === false) shell.err.line(shell.say('alert.no-heartbeat'))
  return checked.failed > 0 || checked.heartbeat === false ? 1 : 0
}

async function testSink(shell: Shell, options: GlobalOptions, name: string): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const { sinks } = await alertsOf(shell, session)
  const sink = sinks.find((one) => one.name === name)
  if (sink === undefined) {
    const names = sinks.map((one) => one.name)
    const suggestion = suggestionWords(nearestWord(name, names), shell.language)
    throw new GuijiError('SINK_UNKNOWN', { found: name, suggestion, known: names.join(', ') || '—' })
  }
  const at = instantText(new Date(shell.clock()), session.settings.timeZone)
  const language = session.settings.alerts?.language ?? session.settings.language
  const message = testMessage(language, { user: shell.user, at })
  try {
    await sink.deliver({ key: randomUUID(), message }, shell.signal)
  } catch (error) {
    const detail = shell.secrets.redact(error instanceof Error ? error.message : String(error))
    throw new GuijiError('SINK_FAILED', { sink: name, detail }, { cause: error })
  }
  if (options.json === true) shell.out.json({ sink: name, delivered: true })
  else shell.out.line(shell.say('alert.sent', { sink: name }))
  return 0
}

async function raiseOne(shell: Shell, options: RaiseOptions, kind: string): Promise<ExitCode> {
  requireRaisable(shell, kind)
  const { department, note } = options
  if (department === undefined || note === undefined) {
    const found = department === undefined ? '--department' : '--note'
    throw new GuijiError('COMMAND_ARGUMENT_MISSING', { found, command: 'guiji alerts raise' })
  }
  await using session = await openSession(shell, options)
  await listedDatasets(session.pool, { department })
  const { rules, compose } = await alertsOf(shell, session)
  const incident = { kind: kind as AlertKind, department, note }
  const now = new Date(shell.clock())
  const id = await raiseAlert(session.db, incident, { now, rules, compose })
  if (options.json === true) shell.out.json({ alert: id })
  else shell.out.line(shell.say('alert.raised', { id }))
  return 0
}

function requireRaisable({ language }: Shell, found: string): void {
  const known = Object.entries(alertKinds)
    .filter(([, { seenBy }]) => seenBy === 'person')
    .map(([kind]) => kind)
  if (known.includes(found)) return
  const suggestion = suggestionWords(nearestWord(found, known), language)
  throw new GuijiError('ALERT_KIND_UNKNOWN', { found, suggestion, known: known.join(', ') })
}

async function settleOne(shell: Shell, options: GlobalOptions, text: string): Promise<ExitCode> {
  const id = idWord('alert', text)
  await using session = await openSession(shell, options)
  const { rules, compose } = await alertsOf(shell, session)
  await settleAlert(session.db, id, { now: new Date(shell.clock()), rules, compose })
  if (options.json === true) shell.out.json({ alert: id })
  else shell.out.line(shell.say('alert.settled', { id }))
  return 0
}
