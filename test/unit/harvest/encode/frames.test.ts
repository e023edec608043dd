import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../../src/connector.ts'
import { hasMomentWord, momentWords } from '../../../../src/harvest/encode/moment-words.ts'
import { rawFrames } from '../../../../src/harvest/encode/raw-frames.ts'

const digest = fc.oneof(
  fc.constantFrom(0n, -1n, 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
)

const batchOf = (records: readonly Uint8Array[], gap: number): Batch => {
  const bytes = Buffer.concat(records.flatMap((record) => [Buffer.alloc(gap, 0x0a), record]))
  const starts = new Uint32Array(records.length)
  let at = 0
  records.forEach((record, index) => {
    starts[index] = at + gap
    at += gap + record.length
  })
  const ends = starts.map((start, index) => start + (records[index]?.length ?? 0))
  return { bytes, starts, ends, count: records.length, place: () => ({}) }
}

describe('the frames of the bytes lane', () => {
  it('are the records as they are, each with its digest as a number behind it', () => {
    const record = fc.uint8Array({ maxLength: 60 }).map((bytes) => bytes.filter((byte) => byte !== 0x0a))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(record, digest), { minLength: 1, maxLength: 30 }),
        fc.nat(3),
        (rows, gap) => {
          const digests = BigInt64Array.from(rows, ([, one]) => one)
          const batch = batchOf(
            rows.map(([bytes]) => bytes),
            gap,
          )
          const found = Buffer.concat(rawFrames(batch, digests, { format: 'csv', delimiter: ';' })).toString(
            'latin1',
          )
          const lines = found.split('\n')
          expect(lines.pop()).toBe('')
          lines.forEach((line, index) => {
            const cut = line.lastIndexOf(';')
            expect(line.slice(0, cut)).toBe(Buffer.from(rows[index]?.[0] ?? []).toString('latin1'))
            const [, sign, number = ''] = /^(-?)(0x[0-9a-f]{16})$/.exec(line.slice(cut + 1)) ?? []
            expect(sign === '-' ? -BigInt(number) : BigInt(number)).toBe(rows[index]?.[1])
          })
          expect(lines).toHaveLength(rows.length)
        },
      ),
    )
  })

  it('are binary tuples of one field more', () => {
    const tuple = fc.tuple(fc.nat(1600), fc.uint8Array({ maxLength: 60 })).map(([fields, rest]) => {
      const head = Buffer.alloc(2)
      head.writeInt16BE(fields)
      return Buffer.concat([head, rest])
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(tuple, digest), { minLength: 1, maxLength: 30 }), (rows) => {
        const digests = BigInt64Array.from(rows, ([, one]) => one)
        const batch = batchOf(
          rows.map(([bytes]) => bytes),
          0,
        )
        const [head, body, tail] = rawFrames(batch, digests, { format: 'binary' })
        const expected = rows.map(([bytes, one]) => {
          const field = Buffer.alloc(12)
          field.writeInt32BE(8)
          field.writeBigInt64BE(one, 4)
          const raised = Buffer.from(bytes)
          raised.writeInt16BE(bytes.readInt16BE() + 1)
          return Buffer.concat([raised, field])
        })
        expect(body).toEqual(Buffer.concat(expected))
        expect(head?.toString('latin1', 0, 6)).toBe('PGCOPY')
        expect(tail).toEqual(Buffer.from([0xff, 0xff]))
      }),
    )
  })
})

it('finds the words for a moment where the expression does', () => {
  const word = fc.constantFrom(
    'now',
    'TODAY',
    'Inf',
    'nan',
    'infinity',
    'epoch',
    'tomorrow',
    'Yesterday',
    'allballs',
  )
  const piece = fc.oneof(
    word,
    fc.string({ maxLength: 12 }),
    fc.constantFrom(' ', ',', '中', '@', '`', '[', '{', '2025-01-01'),
    fc.stringMatching(/^[a-z]{1,14}$/),
  )
  const odd = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, odd), { maxLength: 8 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''), 'utf8')
      expect(hasMomentWord(bytes)).toBe(momentWords.test(bytes.toString('latin1')))
    }),
    { numRuns: 3000 },
  )
})
