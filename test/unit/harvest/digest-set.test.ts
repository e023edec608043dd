import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DigestSet, rejected, stored } from '../../../src/harvest/digest-set.ts'

type Kind = typeof stored | typeof rejected

/** Few different values, many of which share their low bits, with the awkward ones among them. */
const digest = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, -(2n ** 32n)),
  fc.bigInt({ min: 0n, max: 40n }).map((high) => BigInt.asIntN(64, high << 40n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
)
const kind = fc.constantFrom<Kind>(stored, rejected)

/** What the comments of the set promise, with a Map. */
class Model {
  readonly #known = new Map<bigint, { kind: Kind; seen: boolean }>()

  get size(): number {
    return this.#known.size
  }

  add(value: bigint, of: Kind): void {
    if (!this.#known.has(value)) this.#known.set(value, { kind: of, seen: false })
  }

  see(value: bigint): string {
    const known = this.#known.get(value)
    if (known === undefined) return 'new'
    const before = known.seen
    known.seen = true
    if (known.kind === rejected) return 'rejected'
    return before ? 'duplicate' : 'unchanged'
  }

  of(wanted: Kind, seen: boolean): bigint[] {
    return [...this.#known]
      .filter(([, one]) => one.kind === wanted && one.seen === seen)
      .map(([value]) => value)
  }
}

const halves = (value: bigint): [number, number] => [
  Number(BigInt.asUintN(32, value)),
  Number(BigInt.asUintN(32, value >> 32n)),
]
const sorted = (values: Iterable<bigint>) => [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

describe('DigestSet', () => {
  it('answers as a Map does, whatever it expected to hold', () => {
    const added = fc.array(fc.tuple(digest, kind), { maxLength: 400 })
    const looked = fc.array(digest, { maxLength: 400 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), added, looked, (expected, adds, others) => {
        const set = new DigestSet(expected)
        const model = new Model()
        for (const [value, of] of adds) {
          set.add(...halves(value), of)
          model.add(value, of)
        }
        expect(set.size).toBe(model.size)
        const half = adds.filter((_, at) => at % 2 === 0).map(([value]) => value)
        for (const value of [...half, ...others, ...half.slice(0, 5)]) {
          expect(set.see(...halves(value)), String(value)).toBe(model.see(value))
        }
        for (const of of [stored, rejected] as const) {
          expect(sorted(set.unseen(of))).toEqual(sorted(model.of(of, false)))
          expect(sorted(set.seen(of))).toEqual(sorted(model.of(of, true)))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('keeps what it saw when it grows', () => {
    const set = new DigestSet(0)
    set.add(...halves(0n), stored)
    set.add(...halves(7n), rejected)
    expect(set.see(...halves(0n))).toBe('unchanged')
    for (let value = 100n; value < 20_100n; value += 1n) set.add(...halves(value), stored)
    expect(set.size).toBe(20_002)
    expect(set.see(...halves(0n))).toBe('duplicate')
    expect(set.see(...halves(7n))).toBe('rejected')
    expect(set.see(...halves(20_099n))).toBe('unchanged')
    expect(set.see(...halves(20_100n))).toBe('new')
    expect([...set.unseen(stored)]).toHaveLength(19_999)
  })
})
