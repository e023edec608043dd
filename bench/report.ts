import { readFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { type Findings, median } from './measure.ts'
import type { Options } from './options.ts'
import { figureOf, keeps, type Ratio, ratios } from './ratios.ts'

/** The tables: what was asked of guiji and what came out, then the seconds behind it. */
export function resultTables(findings: Findings, skipped: readonly string[]): string {
  return [
    ...ratioTable(findings),
    '',
    ...rangeTable('seconds', findings.seconds, 3),
    ...(findings.mebibytes?.size ? ['', ...rangeTable('MiB above start', findings.mebibytes, 0)] : []),
    ...(skipped.length > 0 ? ['', ...skipped.map((line) => `Not measured: ${line}.`)] : []),
  ].join('\n')
}

/** Where, when and how it was measured. */
export async function resultHead(options: Options, about: { serverVersion: string; loadBefore: number }) {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const load = [about.loadBefore, loadavg()[0] ?? Number.NaN].map((value) => value.toFixed(1))
  return `# Results of \`npm run bench\`

${new Date().toISOString().slice(0, 10)} · \`${options.command}\`
· guiji ${manifest.version} · Node ${process.version} · PostgreSQL ${about.serverVersion}
· ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'} · ${Math.round(totalmem() / 2 ** 30)} GiB
· load of the machine ${load[0]} before, ${load[1]} after

${options.rows.toLocaleString('en')} made rows of nine columns, about 190 bytes each: Chinese text, a decimal, an integer, a date, a time.
Both sides run in one process against one embedded server (fsync on, logged tables, a primary key), in turn,
${options.rounds} rounds after one to warm up. Raw COPY goes into an existing empty table with its key; the required items are
\`not null\` there. Seconds are a run's own wall time with the store running; prepared outside the clock, with a
checkpoint. The PostgreSQL server, the source database and the JSON interface (a process of its own, pages of 1,000)
share the processors with guiji. Memory and the tenfold file: one process per harvest. The villages of
China (620,573 short rows, checked as division codes and by a rule; a made file of the same shape where the data are
not at hand) are a case of their own. Nothing here is asserted.
`
}

function ratioTable(findings: Findings): string[] {
  const rows = ratios.flatMap((ratio) => {
    const figure = figureOf(ratio, findings)
    return figure === undefined ? [] : [ratioRow(ratio, figure)]
  })
  return ['| case | measured | must be | aim | |', '|---|---|---|---|---|', ...rows]
}

function ratioRow({ name, must, aim, of }: Ratio, figure: number): string {
  const words = [must, aim].map((limit) => (limit === undefined ? '' : `${limit.sign} ${limit.value}`))
  const verdict =
    must === undefined ? '' : keeps(figure, must) ? (aim && keeps(figure, aim) ? 'aim' : 'ok') : 'missed'
  return `| ${name} | ${figure.toFixed(of === 'seconds' ? 2 : 0)} | ${words.join(' | ')} | ${verdict} |`
}

function rangeTable(
  unit: string,
  measured: ReadonlyMap<string, readonly number[]>,
  digits: number,
): string[] {
  const rows = [...measured].map(([name, values]) => {
    const range = [median(values), Math.min(...values), Math.max(...values)]
    return `| ${name} | ${range.map((value) => value.toFixed(digits)).join(' | ')} |`
  })
  return [`| ${unit} | median | least | most |`, '|---|---|---|---|', ...rows]
}
