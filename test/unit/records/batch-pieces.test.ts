import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inPieces } from '../../../src/records/batch-pieces.ts'

test('pieces hold the same records at the same places, marks included', () => {
  const texts = fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 12 }), (records, most) => {
      const bytes = records.map((record) => Buffer.from(record))
      const ends = bytes.map(
        (_, at) => bytes.slice(0, at + 1).reduce((sum, { length }) => sum + length + 1, 0) - 1,
      )
      const odd = records.flatMap((_, at) => (at % 3 === 1 ? [at] : []))
      const batch = {
        bytes: Buffer.from(`${records.join(',')},`),
        starts: Uint32Array.from(ends, (end, at) => end - (bytes[at]?.length ?? 0)),
        ends: Uint32Array.from(ends),
        count: records.length,
        irregular: odd,
        oversize: odd,
        place: (index: number) => ({ index }),
      }
      const read = [...inPieces(batch, most)].flatMap((piece) => {
        expect(piece.count).toBeLessThanOrEqual(most)
        return Array.from({ length: piece.count }, (_, at) => ({
          text: piece.bytes.toString('utf8', piece.starts[at], piece.ends[at]),
          place: piece.place(at).index,
          marked: [piece.irregular, piece.oversize].map((list) => list.includes(at)),
        }))
      })
      expect(read).toEqual(
        records.map((text, place) => ({
          text: Buffer.from(text).toString(),
          place,
          marked: [place % 3 === 1, place % 3 === 1],
        })),
      )
    }),
  )
})
