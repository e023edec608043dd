import { Option } from 'commander'
import { planOccurrences } from '../../src/freshness/plan-occurrences.ts'
import { type ComingSlot, readSchedule, type WithoutSlot } from '../../src/schedule/read-schedule.ts'
import { listedDataset } from '../../src/store/read-datasets.ts'
import { horizonDays } from '../../src/workspace/apply-workspace.ts'
import { type CommandMaker, countOption, newCommand, onCall } from '../command.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { instantText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface ScheduleOptions extends GlobalOptions {
  readonly days?: string
}

const defaultDays = '2'
const dayLength = 86_400_000

export const scheduleCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'schedule', {
    about: 'help.schedule',
    example: 'guiji schedule hukou --days 7',
  })
    .argument('[dataset]', shell.say('argument.dataset'))
    .addOption(new Option('--days <n>', shell.say('option.days', { count: defaultDays })))
  return onCall<ScheduleOptions>(command, done, (options, [code]) =>
    schedule(shell, options, typeof code === 'string' ? code : undefined),
  )
}

async function schedule(shell: Shell, options: ScheduleOptions, code: string | undefined): Promise<ExitCode> {
  const days = countOption('--days', options.days ?? defaultDays)
  await using session = await openSession(shell, options)
  const { db, pool, settings } = session
  const dataset = code === undefined ? undefined : await listedDataset(pool, code)
  const now = new Date(shell.clock())
  await planOccurrences(db, { now, horizonDays: Math.max(horizonDays, days) })
  const { slots, without } = await readSchedule(db, {
    now,
    until: new Date(now.getTime() + days * dayLength),
    ...(dataset === undefined ? {} : { datasetIds: [dataset.id] }),
  })
  const zone = settings.timeZone
  if (options.json === true)
    shell.out.json({ asOf: instantText(now, zone), slots: slots.map((one) => slotJson(one, zone)), without })
  else showSchedule(shell, { slots, without, days, zone })
  return 0
}

function slotJson({ instant, meantAt, serves, ...slot }: ComingSlot, zone: string): object {
  const at = (one: Date) => instantText(one, zone)
  return {
    ...slot,
    at: at(instant),
    meantAt: at(meantAt),
    period: serves?.period ?? null,
    dueAt: serves === null ? null : at(serves.dueAt),
    lateAt: serves === null ? null : at(serves.lateAt),
  }
}

function showSchedule(
  shell: Shell,
  found: {
    readonly slots: readonly ComingSlot[]
    readonly without: readonly WithoutSlot[]
    readonly days: number
    readonly zone: string
  },
): void {
  const { out, say } = shell
  if (found.slots.length === 0) out.line(say('schedule.nothing', { days: found.days }))
  else out.lines(slotTable(shell, found.slots, found.zone))
  for (const { dataset, reason } of found.without)
    out.line(say('schedule.without', { dataset, reason: say(`schedule.without.${reason}`) }))
}

function slotTable(shell: Shell, slots: readonly ComingSlot[], zone: string): string[] {
  const { say } = shell
  return formatTable(
    [
      { title: say('schedule.at') },
      { title: say('schedule.dataset') },
      { title: say('schedule.state') },
      { title: say('schedule.from') },
      { title: say('schedule.serves') },
      { title: say('schedule.due') },
      { title: say('schedule.moved') },
      { title: say('schedule.missed') },
    ],
    slots.map((slot) => [
      shortInstant(slot.instant, zone),
      slot.dataset,
      say(`schedule.state.${slot.state}`),
      slot.cadence ?? say('schedule.promise'),
      slot.serves?.period ?? '—',
      dueText(shell, slot, zone),
      slot.meantAt.getTime() === slot.instant.getTime() ? '' : shortInstant(slot.meantAt, zone),
      say(`schedule.missed.${slot.missedSlots}`),
    ]),
  )
}

/** Between the due instant and the end of the grace a slot still keeps the promise. */
function dueText({ say }: Shell, { serves, instant }: ComingSlot, zone: string): string {
  if (serves === null) return '—'
  const due = shortInstant(serves.dueAt, zone)
  return instant > serves.lateAt ? say('schedule.too-late', { due }) : due
}
