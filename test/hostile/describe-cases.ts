import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostileCase } from './corpus/hostile-case.ts'
import { outcomes } from './outcomes.ts'
import { type HostileCity, hostileCity } from './run-cases.ts'

/** Harvests every case from beginning to end and holds it to its line of `outcomes.tsv`. */
export function describeCases(title: string, cases: readonly HostileCase[]): void {
  describe(`${title}: ${cases.length} cases`, () => {
    let place: HostileCity
    beforeAll(async () => {
      place = await hostileCity(cases)
    }, 60_000)
    afterAll(async () => {
      await place[Symbol.asyncDispose]()
    })

    test.each(cases.map((one) => [one.name, one] as const))('%s', { timeout: 60_000 }, async (name, one) => {
      const outcome = await place.run(one)
      const { state, read, accepted, rejected, duplicate, code, reasons, faults } = outcome
      expect(faults).toEqual([])
      expect({
        state,
        accounts: `${read} = ${accepted} + ${rejected} + ${duplicate}`,
        code,
        reasons: reasons.join(' '),
      }).toEqual(outcomes.get(name))
    })
  })
}
