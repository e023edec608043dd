import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Accounts,
  accountNames,
  accountsOf,
  addAccounts,
  imbalance,
  noRows,
} from '../../../src/harvest/accounts.ts'

const count = fc.bigInt({ min: 0n, max: 10n ** 15n })
const parts = fc.record({
  inserted: count,
  updated: count,
  unchanged: count,
  deleted: count,
  restored: count,
  rejected: count,
  duplicate: count,
})
const balanced = parts.map(accountsOf)

function heldOf(accounts: Accounts, before: bigint) {
  return { before, after: before + accounts.inserted + accounts.restored - accounts.deleted }
}

describe('accounts', () => {
  it('balance when they are made of what became of the records', () => {
    fc.assert(
      fc.property(balanced, count, (accounts, before) => {
        expect(imbalance(accounts, heldOf(accounts, before))).toBeUndefined()
      }),
    )
  })

  it('add up entry by entry, in any order, and stay balanced', () => {
    fc.assert(
      fc.property(balanced, balanced, balanced, count, (a, b, c, before) => {
        const sum = addAccounts(addAccounts(a, b), c)
        expect(sum).toEqual(addAccounts(c, addAccounts(b, a)))
        expect(addAccounts(a, noRows)).toEqual(a)
        expect(imbalance(sum, heldOf(sum, before))).toBeUndefined()
        for (const name of accountNames) expect(sum[name]).toBe(a[name] + b[name] + c[name])
      }),
    )
  })

  it('name the equation that one wrong number breaks', () => {
    const other = fc.bigInt({ min: 1n, max: 1000n })
    fc.assert(
      fc.property(
        balanced,
        fc.constantFrom(...accountNames),
        other,
        fc.boolean(),
        count,
        (accounts, name, by, more, before) => {
          const held = heldOf(accounts, before)
          const wrong = { ...accounts, [name]: accounts[name] + (more ? by : -by) }
          expect(imbalance(wrong, held)).toContain(String(wrong[name]))
          expect(imbalance(accounts, { ...held, after: held.after + by })).toContain('held')
        },
      ),
    )
  })

  it('stay exact where a JS number would not', () => {
    const many = accountsOf({ inserted: 9_007_199_254_740_993n, rejected: 1n })
    expect(addAccounts(many, many)).toMatchObject({
      read: 18_014_398_509_481_988n,
      accepted: 18_014_398_509_481_986n,
    })
  })
})
