import { expect, expectTypeOf, test } from 'vitest'
import { type CauseCode, causes } from '../../../catalog-schema/vocabulary/causes.ts'
import { verdicts } from '../../../catalog-schema/vocabulary/verdicts.ts'
import type { Cause } from '../../../src/errors/table.ts'

test('causes have a title in both languages and are those that errors can blame', () => {
  expectTypeOf<CauseCode>().toEqualTypeOf<Cause>()
  for (const { zh, en } of [...Object.values(causes), ...Object.values(verdicts)]) {
    expect(zh).toMatch(/\p{Script=Han}/u)
    expect(en).toMatch(/^[\x20-\x7e]+$/)
  }
})
