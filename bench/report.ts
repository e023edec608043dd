import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { median } from './measure.ts'

interface Figures {
  readonly rows: number
  readonly origin: string
  readonly rounds: number
  readonly times: ReadonlyMap<string, readonly number[]>
  readonly serverVersion: string
}

/** What is divided by what. */
const ratios: readonly (readonly [string, string, string])[] = [
  ['first load ÷ raw COPY', 'guiji, first load', 'raw COPY'],
  ['unchanged, file touched ÷ first load', 'guiji, unchanged but touched', 'guiji, first load'],
  ['unchanged, rewritten in another order ÷ first load', 'guiji, reordered', 'guiji, first load'],
  ['1 % of the lines changed ÷ first load', 'guiji, 1 % changed', 'guiji, first load'],
]

export async function report(figures: Figures): Promise<void> {
  const lines = [...timeTable(figures), '', ...ratioTable(figures)]
  console.log(`\n${lines.join('\n')}`)
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const head = [
    '# Results of `npm run bench`',
    '',
    `${new Date().toISOString().slice(0, 10)} · guiji ${manifest.version} · Node ${process.version} · PostgreSQL ${figures.serverVersion}`,
    `· ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'} · ${Math.round(totalmem() / 2 ** 30)} GiB`,
    '',
    `${figures.rows.toLocaleString('en')} rows: ${figures.origin}. Both sides in one process on one server (fsync on, logged`,
    `tables), in turn, ${figures.rounds} rounds after a warm-up; seconds are a run's own wall time with the store running.`,
    '',
  ]
  await writeFile(new URL('RESULTS.md', import.meta.url), `${[...head, ...lines].join('\n')}\n`)
}

function timeTable({ times }: Figures): string[] {
  const rows = [...times].map(([name, values]) => {
    const shown = [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(3))
    return `| ${name} | ${shown.join(' | ')} |`
  })
  return ['| what | median s | min s | max s |', '|---|---|---|---|', ...rows]
}

function ratioTable({ times }: Figures): string[] {
  const rows = ratios.flatMap(([name, top, bottom]) => {
    const above = times.get(top)
    const below = times.get(bottom)
    if (above === undefined || below === undefined) return []
    return [`| ${name} | ${(median(above) / median(below)).toFixed(2)} |`]
  })
  return ['| ratio of medians | |', '|---|---|', ...rows]
}
