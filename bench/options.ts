import { parseArgs } from 'node:util'

export const caseNames = [
  'csv',
  'gb18030',
  'postgres',
  'http-json',
  'divisions',
  'pgloader',
  'scale',
  'start',
] as const
export type CaseName = (typeof caseNames)[number]

export interface Options {
  /** Rows of every case but `divisions`; `scale` takes ten times as many too. */
  readonly rows: number
  /** How often each side is timed, after one round that is not. */
  readonly rounds: number
  readonly only: readonly CaseName[]
  /** What was asked for, as it can be typed again. */
  readonly command: string
}

const usage = `usage: npm run bench -- [--rows 1000000] [--rounds 3] [--only ${caseNames.join(',')}]`

/** Reads the command line; a word that is not understood ends the process with the usage. */
export function readOptions(words: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        rows: { type: 'string', default: '1000000' },
        rounds: { type: 'string', default: '3' },
        only: { type: 'string', default: caseNames.join(',') },
      },
    })
    const only = values.only.split(',').map(caseName)
    const command = ['npm run bench', ...(words.length > 0 ? ['--', ...words] : [])].join(' ')
    return { rows: atLeast(1000, values.rows), rounds: atLeast(1, values.rounds), only, command }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`)
    process.exit(2)
  }
}

function atLeast(least: number, text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < least)
    throw new Error(`${text} is not a whole number ≥ ${least}`)
  return number
}

function caseName(text: string): CaseName {
  const name = caseNames.find((candidate) => candidate === text)
  if (name === undefined) throw new Error(`${text} is not a case`)
  return name
}
