import { type Findings, median } from './measure.ts'

/** One line of the result: a quotient of medians, or a median itself where nothing is below the line. */
export interface Ratio {
  readonly name: string
  readonly above: string
  readonly below?: string
  readonly of: 'seconds' | 'mebibytes'
  readonly must?: Limit
  readonly aim?: Limit
}

interface Limit {
  readonly sign: '≤' | '≥' | '<'
  readonly value: number
}

const atMost = (value: number): Limit => ({ sign: '≤', value })
const below = (value: number): Limit => ({ sign: '<', value })
const atLeast = (value: number): Limit => ({ sign: '≥', value })

const seconds = (name: string, above: string, under: string, must?: Limit, aim?: Limit): Ratio => ({
  name,
  above,
  below: under,
  of: 'seconds',
  ...(must ? { must } : {}),
  ...(aim ? { aim } : {}),
})
const wall = (name: string, above: string): Ratio => ({ name, above, of: 'seconds' })
const memory = (name: string, above: string): Ratio => ({
  name,
  above,
  of: 'mebibytes',
  must: atMost(150),
  aim: atMost(100),
})

export const ratios: readonly Ratio[] = [
  seconds('csv first load ÷ raw COPY', 'csv: first load', 'csv: raw COPY', atMost(1.1), below(0.9)),
  seconds(
    'GB18030 csv first load ÷ raw COPY with ENCODING',
    'gb18030: first load',
    'gb18030: raw COPY',
    atMost(1.1),
    below(0.9),
  ),
  seconds(
    'PostgreSQL first load ÷ binary COPY pipe',
    'postgres: first load',
    'postgres: raw COPY pipe',
    atMost(1.1),
    below(1),
  ),
  seconds(
    'http-json first load ÷ raw COPY of the same rows',
    'http-json: first load',
    'http-json: raw COPY',
    atMost(2.5),
    atMost(1.5),
  ),
  seconds(
    'csv unchanged, touched ÷ first load',
    'csv: unchanged, touched',
    'csv: first load',
    atMost(0.15),
    atMost(0.08),
  ),
  seconds(
    'PostgreSQL unchanged ÷ first load',
    'postgres: unchanged',
    'postgres: first load',
    atMost(0.15),
    atMost(0.05),
  ),
  seconds(
    'csv 1 % changed in five places ÷ first load',
    'csv: 1 % changed, clustered',
    'csv: first load',
    atMost(0.25),
    atMost(0.12),
  ),
  seconds(
    'csv 1 % changed all over ÷ first load',
    'csv: 1 % changed, spread',
    'csv: first load',
    atMost(0.25),
    atMost(0.12),
  ),
  seconds(
    'csv first load with 1 % bad records ÷ clean first load',
    'csv: 1 % bad, first load',
    'csv: first load',
    atMost(2),
  ),
  seconds(
    'pgloader ÷ guiji, csv first load',
    'pgloader: pgloader',
    'pgloader: guiji, first load',
    atLeast(8),
    atLeast(12),
  ),
  seconds(
    'ten times the rows, first load',
    'scale: 10 × first load',
    'scale: 1 × first load',
    atMost(11),
    atMost(10),
  ),
  seconds(
    'ten times the rows, unchanged',
    'scale: 10 × unchanged, touched',
    'scale: 1 × unchanged, touched',
    atMost(11),
    atMost(10),
  ),
  seconds('ten times the rows, 2 % changed', 'scale: 10 × 2 % changed', 'scale: 1 × 2 % changed'),
  memory('MiB above start, ten times the rows, first load', 'scale: 10 × first load'),
  memory('MiB above start, ten times the rows, unchanged', 'scale: 10 × unchanged, touched'),
  memory('MiB above start, ten times the rows, 2 % changed', 'scale: 10 × 2 % changed'),
  wall('a command that does nothing, seconds', 'start: guiji --version'),
  wall('guiji status with the store running, seconds', 'start: guiji status, store running'),
  wall('guiji status that starts and stops the store, seconds', 'start: guiji status, store not running'),
  seconds('villages: first load ÷ raw COPY', 'divisions: first load', 'divisions: raw COPY'),
  seconds(
    'villages: unchanged, touched ÷ first load',
    'divisions: unchanged, touched',
    'divisions: first load',
  ),
  seconds('villages: in another order ÷ first load', 'divisions: reordered', 'divisions: first load'),
  seconds(
    'villages: 1 % changed all over ÷ first load',
    'divisions: 1 % changed, spread',
    'divisions: first load',
  ),
]

/** The figure of a line, where its sides were measured. */
export function figureOf(ratio: Ratio, findings: Findings): number | undefined {
  const measured = ratio.of === 'seconds' ? findings.seconds : findings.mebibytes
  const above = measured?.get(ratio.above)
  if (above === undefined || ratio.below === undefined) return above && median(above)
  const under = measured?.get(ratio.below)
  return under && median(above) / median(under)
}

export function keeps(figure: number, { sign, value }: Limit): boolean {
  if (sign === '≥') return figure >= value
  return sign === '<' ? figure < value : figure <= value
}
