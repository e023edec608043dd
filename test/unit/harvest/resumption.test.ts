import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Batch } from '../../../src/connector.ts'
import type { Span } from '../../../src/harvest/lifecycle/checkpoint.ts'
import { createChunkDigest, RestartRun, Resumption } from '../../../src/harvest/lifecycle/resumption.ts'

const digestChunk = await createChunkDigest()

/** Records as numbers: the digest of each is the number itself. */
function batchOf(records: readonly bigint[]): Batch {
  const bytes = Buffer.from(records.join(','))
  const zeros = new Uint32Array(records.length)
  return {
    bytes,
    starts: zeros,
    ends: zeros,
    count: records.length,
    place: (index) => ({ index: index + 1 }),
  }
}

/** Cuts a list into parts of the given sizes, over and over. */
function cut<Value>(list: readonly Value[], sizes: readonly number[]): Value[][] {
  const parts: Value[][] = []
  for (let from = 0, at = 0; from < list.length; at += 1) {
    const size = sizes[at % sizes.length] ?? 1
    parts.push(list.slice(from, from + size))
    from += size
  }
  return parts
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })
const listing = fc.record({
  records: fc.array(fc.bigInt({ min: 0n, max: 9n }), { minLength: 1, maxLength: 60 }),
  /** How the lost run cut the listing, how it is cut now, and which of the chunks were committed. */
  before: sizes,
  now: sizes,
  committed: fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
})

function spansOf(
  records: readonly bigint[],
  before: readonly number[],
  committed: readonly boolean[],
): Span[] {
  let at = 0n
  return cut(records, before).flatMap((part, chunk) => {
    const digest = digestChunk([BigInt64Array.from(part)])
    const span = { chunk, at, count: BigInt(part.length), digest, bytes: 0 }
    at += BigInt(part.length)
    return committed[chunk % committed.length] === true ? [span] : []
  })
}

async function goThrough(spans: readonly Span[], batches: readonly (readonly bigint[])[]) {
  const passed: bigint[] = []
  const loaded = new Map<bigint, bigint>()
  const resumption = await Resumption.over(spans, (digests) => void passed.push(...digests))
  for (const records of batches)
    for (const { batch, digests, at } of resumption.pieces(batchOf(records), BigInt64Array.from(records))) {
      expect(batch.count).toBe(digests.length)
      digests.forEach((digest, index) => void loaded.set(at + BigInt(index), digest))
      const first = records.findIndex((_, index) => batch.place(0).index === index + 1)
      expect(records.slice(first, first + batch.count)).toEqual([...digests])
    }
  resumption.finish()
  return { passed, loaded }
}

it('passes over exactly what is committed, and gives out all else with its place, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(listing, async ({ records, before, now, committed }) => {
      const spans = spansOf(records, before, committed)
      const covered = (at: number) =>
        spans.some((span) => span.at <= BigInt(at) && BigInt(at) < span.at + span.count)
      const { passed, loaded } = await goThrough(spans, cut(records, now))
      expect(passed).toEqual(records.filter((_, at) => covered(at)))
      const rest = records.flatMap((record, at) => (covered(at) ? [] : [[BigInt(at), record] as const]))
      expect([...loaded]).toEqual(rest)
    }),
  )
})

it('refuses a listing in which a committed record is another, is missing, or has moved', async () => {
  const change = fc.tuple(fc.nat(59), fc.constantFrom('other', 'gone', 'cut off'))
  await fc.assert(
    fc.asyncProperty(listing, change, async ({ records, before, now, committed }, [where, how]) => {
      const spans = spansOf(records, before, committed)
      const at = where % records.length
      const changed =
        how === 'cut off'
          ? records.slice(0, at)
          : records.flatMap((record, index) =>
              index !== at ? [record] : how === 'gone' ? [] : [record + 100n],
            )
      const same = spans.every((span) => {
        const part = (list: readonly bigint[]) =>
          list.slice(Number(span.at), Number(span.at + span.count)).join()
        return part(records) === part(changed)
      })
      const going = goThrough(spans, cut(changed, now))
      if (same) await going
      else await expect(going).rejects.toBeInstanceOf(RestartRun)
    }),
  )
})
