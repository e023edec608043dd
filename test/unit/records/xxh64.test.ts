import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import createHasher from 'xxhash-wasm'
import type { Batch } from '../../../src/connector.ts'
import { assembleAll } from '../../../src/records/wasm/assemble.ts'
import { createXxh64 } from '../../../src/records/wasm/xxh64.ts'

const batchOf = (records: readonly Uint8Array[], gap: number, before: number): Batch => {
  const starts = new Uint32Array(records.length)
  const ends = new Uint32Array(records.length)
  let at = before
  records.forEach((record, index) => {
    starts[index] = at
    ends[index] = at + record.length
    at = at + record.length + gap
  })
  const bytes = Buffer.alloc(at, 0x0a)
  records.forEach((record, index) => {
    bytes.set(record, starts[index])
  })
  return { bytes, starts, ends, count: records.length, place: () => ({}) }
}

it('digests records as XXH64 does, whatever their length, their place and the seed', async () => {
  const { h64Raw } = await createHasher()
  const record = fc.uint8Array({ maxLength: 200, size: 'max' })
  const seed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 40 }),
      fc.nat(3),
      fc.nat(70_000),
      seed,
      async (records, gap, before, number) => {
        const digester = await createXxh64(number.toString(16))
        const found = [...digester.records(batchOf(records, gap, before))]
        expect(found).toEqual(records.map((one) => BigInt.asIntN(64, h64Raw(one, number))))
      },
    ),
    { numRuns: 60 },
  )
})

it('has room for any batch', async () => {
  const { h64Raw } = await createHasher()
  const digester = await createXxh64('5')
  const large = new Uint8Array(20_000_000).fill(7)
  for (const records of [[large], Array.from({ length: 300_000 }, () => large.subarray(0, 3)), [large]]) {
    const found = digester.records(batchOf(records, 1, 0))
    expect(found[records.length - 1]).toBe(BigInt.asIntN(64, h64Raw(records[0] ?? large, 5n)))
  }
})

it('and every other module runs what its text says', async () => {
  const modules = await assembleAll()
  expect(modules.size).toBe(3)
  for (const [file, bytes] of modules)
    expect(Buffer.from(bytes).equals(await readFile(file.replace(/wat$/, 'wasm')))).toBe(true)
})
