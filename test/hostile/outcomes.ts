import { readFileSync } from 'node:fs'

/** What a case must come to: `outcomes.tsv`, one line each. */
export interface ExpectedOutcome {
  readonly state: string
  /** `read = accepted + rejected + duplicate` */
  readonly accounts: string
  readonly code: string
  readonly reasons: string
}

export const outcomes: ReadonlyMap<string, ExpectedOutcome> = new Map(
  readFileSync(new URL('outcomes.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [name = '', state = '', accounts = '', code = '', reasons = ''] = line.split('\t')
      return [name, { state, accounts, code, reasons }]
    }),
)
