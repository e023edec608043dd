import { expect, test } from 'vitest'
import { harvestExitCode } from '../../../jobs/harvest-report.ts'
import { KnownSecrets } from '../../../jobs/known-secrets.ts'
import { speaker } from '../../../jobs/messages.ts'
import { exitCodeOf, reportError } from '../../../jobs/report-error.ts'
import type { Shell } from '../../../jobs/shell.ts'
import { StoreTrouble } from '../../../jobs/store-trouble.ts'
import { GuijiError } from '../../../src/errors/guiji-error.ts'
import type { HarvestOutcome } from '../../../src/harvest/harvest-many.ts'
import type { RunSummary } from '../../../src/harvest/run-events.ts'
import type { HarvestTarget } from '../../../src/harvest/target.ts'

const outcome = (state: string | undefined): HarvestOutcome => {
  const target = {} as HarvestTarget
  return state === undefined
    ? { target, error: new Error('x') }
    : { target, summary: { state } as RunSummary }
}

test.each([
  [[], 0],
  [['succeeded', 'succeeded'], 0],
  [['succeeded', 'partial'], 3],
  [['awaiting-approval'], 3],
  [['partial', 'failed'], 1],
  [['cancelled', 'awaiting-approval'], 1],
  [['succeeded', undefined], 1],
] as const)('runs that are %j end with %i', (states, code) => {
  expect(harvestExitCode(states.map(outcome))).toBe(code)
})

test('what a person wrote wrongly ends with 2, what failed with 1', () => {
  expect(exitCodeOf('DOCUMENT_INVALID')).toBe(2)
  expect(exitCodeOf('COMMAND_UNKNOWN')).toBe(2)
  expect(exitCodeOf('DATASET_UNKNOWN')).toBe(2)
  expect(exitCodeOf('SECRET_MISSING')).toBe(1)
  expect(exitCodeOf('STORE_UNREACHABLE')).toBe(1)
  expect(exitCodeOf('APPLY_LOSES_DATA')).toBe(1)
})

test('what is said of an error holds no secret, in no form', () => {
  const said: string[] = []
  const output = (name: string) => ({
    ...{ isTerminal: false, width: 80, write: async () => {} },
    line: (text: string) => void said.push(`${name} ${text}`),
    lines: (texts: readonly string[]) => void said.push(...texts.map((text) => `${name} ${text}`)),
    json: (value: unknown) => void said.push(`${name} ${JSON.stringify(value)}`),
  })
  const secrets = new KnownSecrets()
  secrets.add(['p w/1'])
  const shell: Shell = {
    ...{ language: 'en', say: speaker('en'), out: output('out'), err: output('err'), secrets },
    ...{
      signal: new AbortController().signal,
      clock: () => 0,
      user: 'tester',
      storeTrouble: new StoreTrouble(),
    },
  }
  const detail = 'denied for p w/1 at https://x?key=p%20w%2F1'
  const error = new GuijiError('SOURCE_CREDENTIAL', { source: 'a', address: 'b', detail })
  expect(reportError(shell, error, true)).toBe(1)
  expect(reportError(shell, new Error(detail), false)).toBe(1)
  expect(said.join('\n')).toContain('denied for *** at https://x?key=***')
  expect(said.join('\n')).not.toMatch(/p w|p%20w/)
})
