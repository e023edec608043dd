import { type Counts, countDataset } from '../../src/store/read-counts.ts'
import { listedDatasets } from '../../src/store/read-datasets.ts'
import { recordVerification } from '../../src/store/record-verification.ts'
import { type CommandMaker, newCommand, onCall, wordList } from '../command.ts'
import { openSession } from '../session.ts'
import type { ExitCode, GlobalOptions, Shell } from '../shell.ts'
import { countText } from '../terminal/format.ts'
import { formatTable } from '../terminal/table.ts'

export const verifyCommand: CommandMaker = (shell, done) => {
  const command = newCommand(shell, 'verify', { about: 'help.verify', example: 'guiji verify' }).argument(
    '[datasets...]',
    shell.say('argument.datasets'),
  )
  return onCall(command, done, (options, words) => verify(shell, options, wordList(words, 0)))
}

async function verify(
  shell: Shell,
  options: GlobalOptions,
  codes: readonly string[] | undefined,
): Promise<ExitCode> {
  await using session = await openSession(shell, options)
  const datasets = await listedDatasets(session.pool, codes === undefined ? {} : { codes })
  const counts: Counts[] = []
  for (const dataset of datasets) {
    shell.signal.throwIfAborted()
    counts.push(await countDataset(session.pool, dataset))
  }
  await recordVerification(session.pool, { now: new Date(shell.clock()), counts })
  const drifted = counts.filter(({ agree }) => !agree)
  if (options.json === true) shell.out.json({ agree: drifted.length === 0, datasets: counts })
  else showCounts(shell, counts, drifted)
  return drifted.length === 0 ? 0 : 1
}

function showCounts({ out, say }: Shell, counts: readonly Counts[], drifted: readonly Counts[]): void {
  if (drifted.length === 0) {
    const rows = countText(counts.reduce((sum, { counted }) => sum + counted, 0n))
    out.line(say('verify.good', { datasets: counts.length, rows }))
    return
  }
  const right = 'right' as const
  out.lines(
    formatTable(
      [
        { title: say('run.dataset') },
        { title: say('verify.counted'), align: right },
        { title: say('verify.state'), align: right },
        { title: say('verify.ledger'), align: right },
        { title: say('verify.drift'), align: right },
        { title: say('status.received'), align: right },
        { title: `${say('verify.ledger')}: ${say('status.received')}`, align: right },
      ],
      drifted.map((one) => [
        one.code,
        countText(one.counted),
        countText(one.held),
        countText(one.ledger),
        countText(one.counted - one.ledger),
        countText(one.received),
        countText(one.ledgerReceived),
      ]),
    ),
  )
  out.line(say('verify.bad', { drifted: drifted.length, datasets: counts.length }))
}
