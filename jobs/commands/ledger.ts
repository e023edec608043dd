import { Option } from 'commander'
import { listedDataset } from '../../src/store/read-datasets.ts'
import { type LedgerEntry, readLedger, readLedgerTotals } from '../../src/store/read-ledger.ts'
import { type CommandMaker, countOption, newCommand, onCall } from '../command.ts'
import { stateWord } from '../run-words.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText, instantText, shortInstant } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

interface LedgerOptions extends GlobalOptions {
  readonly limit?: string
}

const defaultLimit = '50'
const counts = [
  'read',
  'inserted',
  'updated',
  'unchanged',
  'deleted',
  'restored',
  'rejected',
  'duplicate',
] as const

export const ledgerCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'ledger', { about: 'help.ledger', example: 'guiji ledger hukou' })
    .argument('[dataset]', shell.say('argument.dataset'))
    .addOption(new Option('--limit <n>', shell.say('option.limit', { count: defaultLimit })))
  return onCall<LedgerOptions>(command, done, (options, [code]) =>
    ledger(shell, options, typeof code === 'string' ? code : undefined),
  )
}

async function ledger(shell: Shell, options: LedgerOptions, code: string | undefined): Promise<ExitCode> {
  const limit = countOption('--limit', options.limit ?? defaultLimit)
  await using session = await openSession(shell, options)
  const { pool, settings } = session
  const datasetId = code === undefined ? undefined : (await listedDataset(pool, code)).id
  const entries = await readLedger(pool, { datasetId, limit })
  const totals = await readLedgerTotals(pool, datasetId)
  const { out, say } = shell
  if (options.json === true) {
    const zone = settings.timeZone
    out.json({
      dataset: code ?? null,
      totals,
      entries: entries.map((entry) => ({ ...entry, at: instantText(entry.at, zone) })),
    })
    return 0
  }
  if (entries.length === 0) out.line(say('ledger.none'))
  else out.lines(entryTable(shell, entries, settings.timeZone))
  const shown = Object.fromEntries(Object.entries(totals).map(([name, count]) => [name, countText(count)]))
  out.line('')
  out.line(say('ledger.totals', shown))
  return 0
}

function entryTable({ say }: Shell, entries: readonly LedgerEntry[], zone: string): string[] {
  return formatTable(
    [
      { title: say('run.dataset') },
      { title: say('run.run'), align: 'right' },
      { title: say('run.state') },
      { title: say('ledger.chunk'), align: 'right' },
      { title: say('ledger.kind') },
      { title: say('ledger.at') },
      ...counts.map((name) => ({ title: say(`run.${name}`), align: 'right' as const })),
    ],
    entries.map((entry) => [
      entry.dataset,
      String(entry.run),
      stateWord(entry.state, say),
      String(entry.chunk),
      say(`ledger.kind.${entry.kind}`),
      shortInstant(entry.at, zone),
      ...counts.map((name) => countText(entry[name])),
    ]),
  )
}
