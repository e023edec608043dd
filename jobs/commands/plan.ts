import { Option } from 'commander'
import { GuijiError } from '../../src/errors/guiji-error.ts'
import { findTargets, type HarvestTarget } from '../../src/harvest/target.ts'
import { listedDatasets } from '../../src/store/read-datasets.ts'
import { type LastRun, lastRuns } from '../../src/store/read-runs.ts'
import { type CommandMaker, newCommand, onCall, wordList } from '../command.ts'
import { openEngine } from '../open-engine.ts'
import { type HarvestPlan, planHarvest } from '../plan-harvest.ts'
import { stateWord } from '../run-words.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface PlanOptions extends GlobalOptions {
  readonly full?: boolean
}

export const planCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'plan', { about: 'help.plan', example: 'guiji plan hukou' })
    .argument('[datasets...]', shell.say('argument.datasets'))
    .addOption(new Option('--full', shell.say('option.full')))
  return onCall<PlanOptions>(command, done, (options, words) => plan(shell, options, wordList(words, 0)))
}

async function plan(
  shell: Shell,
  options: PlanOptions,
  codes: readonly string[] | undefined,
): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const { pool, store, directory, settings } = session
  await listedDatasets(pool, codes === undefined ? {} : { codes })
  const targets = await findTargets(pool, codes)
  const { outbound } = settings
  const engine = openEngine(store, { directory, outbound, secrets: shell.secrets, emit: () => {} })
  const last = await lastRuns(pool)
  const client = await pool.connect()
  const plans: HarvestPlan[] = []
  try {
    for (const target of targets) {
      shell.signal.throwIfAborted()
      const full = options.full === undefined ? {} : { full: options.full }
      plans.push(await planHarvest(engine, client, target, { ...full, signal: shell.signal }))
    }
  } finally {
    client.release()
  }
  const zone = settings.timeZone
  if (options.json === true) {
    shell.out.json({ plans: plans.map((one) => planJson(shell, one, last.get(one.target.datasetId), zone)) })
  } else if (plans.length === 0) shell.out.line(shell.say('harvest.nothing'))
  else show(shell, plans, last, zone)
  return plans.some(({ error }) => error !== undefined) ? 1 : 0
}

function planJson(shell: Shell, of: HarvestPlan, last: LastRun | undefined, zone: string): object {
  const { dataset, harvest, source } = of.target
  const error = of.error === undefined ? null : errorText(shell, of.error)
  return {
    dataset: dataset.code,
    source: source.code,
    mode: of.plan.mode,
    because: of.plan.because ?? (of.plan.reseeded ? 'reseeded' : null),
    load: of.kind,
    lane: of.lane ?? null,
    laneReason: of.laneReason ?? null,
    cadence: harvest.cadence ?? null,
    enabled: harvest.enabled,
    unchangedBy: of.unchangedBy ?? null,
    declared: of.declared ?? null,
    bytes: of.bytes ?? null,
    since: of.plan.request.since?.value ?? null,
    publishedAt: of.publishedAt === undefined ? null : instantText(of.publishedAt, zone),
    lastRun: last === undefined ? null : { ...last, startedAt: instantText(last.startedAt, zone) },
    error,
  }
}

function show(
  shell: Shell,
  plans: readonly HarvestPlan[],
  last: ReadonlyMap<bigint, LastRun>,
  zone: string,
): void {
  const { out, say } = shell
  out.lines(
    formatTable(
      [
        { title: say('run.dataset') },
        { title: say('plan.mode') },
        { title: say('plan.kind') },
        { title: say('plan.lane') },
        { title: say('plan.would') },
        { title: say('plan.cadence') },
        { title: say('plan.last') },
        { title: say('plan.why') },
      ],
      plans.map((one) => [
        one.target.dataset.code,
        one.plan.mode,
        one.kind,
        one.lane ?? '',
        wouldRead(shell, one),
        cadence(shell, one.target),
        lastText(shell, last.get(one.target.datasetId), zone),
        why(shell, one),
      ]),
    ),
  )
}

function wouldRead({ say }: Shell, { error, unchangedBy, plan, declared, bytes }: HarvestPlan): string {
  if (error !== undefined) return '✗'
  if (unchangedBy !== undefined) return say('plan.nothing', { by: unchangedBy })
  if (declared !== undefined) return say('plan.records', { count: countText(declared) })
  if (plan.request.since !== undefined) return say('plan.since', { value: plan.request.since.value })
  if (plan.request.onlyNew && plan.request.previous !== undefined) return say('plan.new-only')
  return bytes === undefined ? say('plan.everything') : say('plan.bytes', { count: countText(bytes) })
}

function cadence({ say }: Shell, { harvest }: HarvestTarget): string {
  if (!harvest.enabled) return say('plan.disabled')
  return harvest.cadence ?? say('plan.promise')
}

function lastText({ say }: Shell, last: LastRun | undefined, zone: string): string {
  return last === undefined ? '' : `${shortInstant(last.startedAt, zone)} ${stateWord(last.state, say)}`
}

function why(shell: Shell, { error, plan, laneReason }: HarvestPlan): string {
  const { say } = shell
  if (error !== undefined) return errorText(shell, error)
  const reasons = [
    plan.because === undefined ? '' : say(`plan.${plan.because}`),
    plan.reseeded ? say('plan.reseeded') : '',
    laneReason === 'held' ? say('plan.held-rows') : (laneReason ?? ''),
  ]
  return reasons.filter((reason) => reason !== '').join('; ')
}

function errorText({ language }: Shell, error: unknown): string {
  if (error instanceof GuijiError) return `${error.code}: ${error.fact(language)}`
  return error instanceof Error ? error.message : String(error)
}
