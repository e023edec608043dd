import { expect, test } from 'vitest'
import { harvestExitCode } from '../../../jobs/harvest-report.ts'
import { exitCodeOf } from '../../../jobs/report-error.ts'
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
