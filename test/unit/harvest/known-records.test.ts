import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestAt, type Halves, halvesOf, highHalf, lowHalf } from '../../../src/harvest/known/halves.ts'
import { KnownRecords } from '../../../src/harvest/known/known-records.ts'
import { type NewPage, type PageId, PageOrder, pagesOf } from '../../../src/harvest/known/page-order.ts'
import { DigestCollector } from '../../../src/harvest/known/stored-digests.ts'

const collect = (digests: readonly bigint[], limit?: number) => {
  const collector = new DigestCollector(digests.length, limit)
  const halves = halvesOf(BigInt64Array.from(digests))
  for (let at = 0; at < halves.length; at += 2)
    collector.add(halves[at + lowHalf] ?? 0, halves[at + highHalf] ?? 0)
  return collector.finish()
}

const digestsOf = (halves: Halves) =>
  Array.from({ length: halves.length / 2 }, (_, at) => digestAt(halves, at))

/** Evenly spread, as digests are, with the awkward ones among the first. */
const digest = (number: number): bigint =>
  number < 4
    ? ([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)][number] ?? 0n)
    : BigInt.asIntN(64, (BigInt(number) * 0x9e3779b97f4a7c15n) ^ (BigInt(number) << 17n))

/** What may happen to a listing between two readings. */
const edit = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('change', 'delete', 'insert', 'repeat', 'move'),
  length: fc.integer({ min: 1, max: 400 }),
})

function edited(
  old: readonly number[],
  edits: readonly { at: number; kind: string; length: number }[],
): number[] {
  let next = 1_000_000
  let list = [...old]
  const fresh = (count: number) => Array.from({ length: count }, () => next++)
  for (const { at, kind, length } of edits) {
    const place = list.length === 0 ? 0 : at % list.length
    const those = list.slice(place, place + length)
    if (kind === 'change') list.splice(place, those.length, ...fresh(those.length))
    else if (kind === 'delete') list.splice(place, those.length)
    else if (kind === 'insert') list.splice(place, 0, ...fresh(length))
    else if (kind === 'repeat') list.splice(place, 0, ...those)
    else list = [...list.slice(0, place), ...list.slice(place + length), ...those]
  }
  return list
}

interface Compared {
  readonly fresh: bigint[]
  readonly unchanged: number
  readonly duplicate: number
  readonly rejected: bigint[]
  readonly unseen: bigint[]
  readonly met: bigint[]
  readonly pages: Map<string, bigint[]>
  readonly order: bigint[]
  readonly dropped: readonly PageId[] | 'others'
}

/** Compares a listing, given in batches, with what was stored, and makes its pages. */
function compare(
  before: { readonly stored: readonly bigint[]; readonly rejects: readonly bigint[] },
  listing: readonly bigint[],
  options: { readonly batch: number; readonly limit?: number },
): Compared {
  let id = 0n
  const nextId = () => ({ run: 1n, page: id++ })
  const name = ({ run, page }: PageId) => `${run}/${page}`
  const old = pagesOf(halvesOf(BigInt64Array.from(before.stored)), nextId)
  const starts = Float64Array.from({ length: old.length + 1 }, (_, page) =>
    old.slice(0, page).reduce((sum, one) => sum + one.digests.length / 2, 0),
  )
  const order = new PageOrder({ ids: old.map((page) => page.id), starts }, nextId)
  using known = new KnownRecords(
    collect(before.stored, options.limit),
    halvesOf(BigInt64Array.from(before.rejects)),
    order,
  )
  const found = { fresh: [] as bigint[], unchanged: 0, duplicate: 0, rejected: [] as bigint[] }
  const made: NewPage[] = []
  for (let from = 0; from < listing.length; from += options.batch) {
    const batch = listing.slice(from, from + options.batch)
    const seen = known.see(halvesOf(BigInt64Array.from(batch)))
    found.fresh.push(...seen.fresh.map((at) => batch[at] ?? 0n))
    found.rejected.push(...seen.rejected.map((at) => batch[at] ?? 0n))
    found.unchanged += seen.unchanged
    found.duplicate += seen.duplicate
    made.push(...order.take())
  }
  const { ids, dropped } = order.finish()
  made.push(...order.take())
  const pages = new Map([...old, ...made].map((page) => [name(page.id), digestsOf(page.digests)]))
  return {
    ...found,
    unseen: [...known.unseen()],
    met: [...known.metRejects()],
    pages,
    order: ids.flatMap((page) => pages.get(name(page)) ?? []),
    dropped,
  }
}

const world = fc.record({
  size: fc.integer({ min: 0, max: 6000 }),
  edits: fc.array(edit, { maxLength: 6 }),
  batch: fc.integer({ min: 1, max: 3000 }),
  rejects: fc.integer({ min: 0, max: 3 }),
})

describe('records that are known', () => {
  it('are told exactly, whatever happened to the listing', () => {
    fc.assert(
      fc.property(world, ({ size, edits, batch, rejects }) => {
        const old = Array.from({ length: size }, (_, number) => number)
        const listing = edited(old, edits).map(digest)
        const stored = old.map(digest)
        const isStored = new Set(stored)
        const bad = [...new Set(listing.filter((one) => !isStored.has(one)))].slice(0, rejects)
        const found = compare({ stored, rejects: bad }, listing, { batch })
        const isBad = new Set(bad)
        const listed = new Set(listing)
        expect(found.unchanged).toBe(stored.filter((one) => listed.has(one)).length)
        expect(found.duplicate).toBe(listing.filter((one) => isStored.has(one)).length - found.unchanged)
        expect(found.fresh).toEqual(listing.filter((one) => !isStored.has(one) && !isBad.has(one)))
        expect(found.rejected).toEqual(listing.filter((one) => isBad.has(one)))
        expect(found.unseen).toEqual(stored.filter((one) => !listed.has(one)))
        expect(found.met.toSorted()).toEqual(bad.toSorted())
      }),
      { numRuns: 150 },
    )
  })

  it('are at worst called fresh where they are too many to hold', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1024, max: 3000 }), ({ size, edits, batch }, limit) => {
        const old = Array.from({ length: size }, (_, number) => number)
        const listing = edited(old, edits).map(digest)
        const stored = old.map(digest)
        const found = compare({ stored, rejects: [] }, listing, { batch, limit })
        const isStored = new Set(stored)
        const called = new Set(found.fresh)
        for (const one of listing) if (!isStored.has(one)) expect(called.has(one)).toBe(true)
        expect(found.unseen.length + found.unchanged).toBe(size)
        const listed = new Set(listing)
        for (const one of found.unseen) expect(!listed.has(one) || called.has(one)).toBe(true)
        expect(found.unchanged + found.duplicate + found.fresh.length).toBe(listing.length)
      }),
      { numRuns: 100 },
    )
  })

  it('leave pages that tell the new order, and few new ones for a few changes', () => {
    fc.assert(
      fc.property(world, ({ size, edits, batch }) => {
        const old = Array.from({ length: size }, (_, number) => number)
        const listing = edited(old, edits).map(digest)
        const found = compare({ stored: old.map(digest), rejects: [] }, listing, { batch })
        // Known records stand once; a new one as often as it is listed.
        const known = new Set(old.map(digest))
        const seen = new Set<bigint>()
        const expected = listing.filter((one) => {
          if (!known.has(one)) return true
          return !seen.has(one) && seen.add(one) !== undefined
        })
        expect(found.order).toEqual(expected)
        for (const digests of found.pages.values()) expect(digests.length).toBeLessThanOrEqual(1000)
      }),
      { numRuns: 150 },
    )
    const stored = Array.from({ length: 100_000 }, (_, number) => digest(number))
    const listing = [...stored.slice(0, 50_123), digest(2_000_000), ...stored.slice(50_123, 99_999)]
    const found = compare({ stored, rejects: [] }, listing, { batch: 22_000 })
    expect(found.order).toEqual(listing)
    expect(found.dropped).toHaveLength(2)
    expect(found.pages.size - 100).toBeLessThanOrEqual(4)
  })

  it('are found again behind a long insertion or deletion, also where they are too many to hold', () => {
    const stored = Array.from({ length: 200_000 }, (_, number) => digest(number))
    const inserted = Array.from({ length: 5000 }, (_, number) => digest(3_000_000 + number))
    const listing = [
      ...stored.slice(0, 40_000),
      ...inserted,
      ...stored.slice(40_000, 90_000),
      ...stored.slice(110_000),
    ]
    for (const limit of [undefined, 10_000]) {
      const found = compare({ stored, rejects: [] }, listing, { batch: 22_000, ...(limit ? { limit } : {}) })
      const misses = found.fresh.length - inserted.length
      expect(misses).toBeLessThan(limit === undefined ? 257 : 10_000)
      expect(found.unchanged + misses).toBe(180_000)
    }
  })
})
