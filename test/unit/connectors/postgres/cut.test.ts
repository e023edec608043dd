import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  batches,
  type CopyFormat,
  cutLines,
  cutTuples,
  type Seen,
} from '../../../../connectors/postgres/cut.ts'

const binary: CopyFormat = { cutter: cutTuples, framed: true, digested: false }
const text: CopyFormat = { cutter: cutLines, framed: false, digested: false }

const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
const trailer = Buffer.from([0xff, 0xff])

function tuple(fields: readonly (Uint8Array | null)[]): Buffer {
  const count = Buffer.alloc(2)
  count.writeInt16BE(fields.length)
  const parts = fields.flatMap((field) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(field === null ? -1 : field.length)
    return field === null ? [length] : [length, Buffer.from(field)]
  })
  return Buffer.concat([count, ...parts])
}

async function cutAll(chunks: readonly Buffer[], format: CopyFormat, least: number) {
  const seen: Seen = { records: 0, cutOff: false, digestSum: 0n }
  const records: string[] = []
  const places: number[] = []
  async function* stream() {
    yield* chunks
  }
  for await (const batch of batches(stream(), format, seen, least)) {
    for (let index = 0; index < batch.count; index++) {
      records.push(batch.bytes.subarray(batch.starts[index], batch.ends[index]).toString('hex'))
      places.push(batch.place(index).index ?? 0)
    }
  }
  return { records, places, seen }
}

function split(bytes: Buffer, at: readonly number[]): Buffer[] {
  const points = [...new Set([0, ...at.map((point) => point % (bytes.length + 1)), bytes.length])]
  points.sort((a, b) => a - b)
  return points.slice(1).map((point, index) => bytes.subarray(points[index], point))
}

const field = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: null })

test('however the network splits a binary stream, the same tuples come out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 30 }),
      fc.array(fc.nat(5000), { maxLength: 20 }),
      fc.integer({ min: 1, max: 200 }),
      async (rows, points, least) => {
        const tuples = rows.map(tuple)
        const stream = Buffer.concat([header, ...tuples, trailer])
        const { records, places, seen } = await cutAll(split(stream, points), binary, least)
        expect(records).toEqual(tuples.map((bytes) => bytes.toString('hex')))
        expect(places).toEqual(tuples.map((_, index) => index + 1))
        expect(seen).toEqual({ records: tuples.length, cutOff: false, digestSum: 0n })
      },
    ),
  )
})

test('a cut at every single byte of a stream changes nothing', async () => {
  const tuples = [
    tuple([Buffer.from('中文'), null]),
    tuple([Buffer.alloc(0), Buffer.from([1])]),
    tuple([null, null]),
  ]
  const stream = Buffer.concat([header, ...tuples, trailer])
  for (let at = 0; at <= stream.length; at++) {
    const { records, seen } = await cutAll([stream.subarray(0, at), stream.subarray(at)], binary, 1)
    expect(records).toEqual(tuples.map((bytes) => bytes.toString('hex')))
    expect(seen.cutOff).toBe(false)
  }
})

test('a stream that stops early is known as cut off, wherever it stops', async () => {
  const stream = Buffer.concat([header, tuple([Buffer.from('ab')]), tuple([Buffer.from('cd')]), trailer])
  for (let end = 0; end < stream.length; end++) {
    const { seen } = await cutAll([stream.subarray(0, end)], binary, 1)
    expect(seen.cutOff, `cut at ${end}`).toBe(true)
  }
})

test('lines are cut at line feeds, and a last line without one is cut off', async () => {
  const lines = await cutAll(split(Buffer.from('a\tb\n\n中文\\n\n'), [1, 3, 6, 7]), text, 1)
  expect(lines.records.map((record) => Buffer.from(record, 'hex').toString())).toEqual([
    'a\tb',
    '',
    '中文\\n',
  ])
  expect(lines.seen).toEqual({ records: 3, cutOff: false, digestSum: 0n })
  expect((await cutAll([Buffer.from('a\nb')], text, 1)).seen).toEqual({
    records: 1,
    cutOff: true,
    digestSum: 0n,
  })
})

test('something that is no binary stream is not read as one', async () => {
  await expect(cutAll([Buffer.alloc(64)], binary, 1)).rejects.toThrow('no binary COPY signature')
})
