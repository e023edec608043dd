import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CutRecords,
  MAX_QUOTED_LINES_BYTES,
  MAX_RECORD_BYTES,
  OVERSIZE_KEPT_BYTES,
  RecordCutter,
} from '../../../../connectors/csv/records.ts'

const dialect = { quote: '"', delimiter: ',' }

/** Cuts a text in pieces of `size` bytes, as it would come block by block. */
function cut(text: string | Buffer, size = 1 << 30) {
  const bytes = Buffer.from(text)
  const cutter = new RecordCutter(dialect)
  const found = { records: [] as string[], lines: 0, irregular: [] as number[], oversize: [] as number[] }
  const take = (block: Buffer, part: CutRecords) => {
    found.irregular.push(...part.irregular.map((at) => at + found.records.length))
    found.oversize.push(...part.oversize.map((at) => at + found.records.length))
    for (let i = 0; i < part.count; i++)
      found.records.push(block.toString('utf8', part.starts[i], part.ends[i]))
    found.lines += part.newlines
    return block.subarray(part.rest)
  }
  let rest: Buffer = Buffer.alloc(0)
  for (let at = 0; at < bytes.length; at += size) {
    const block = Buffer.concat([rest, bytes.subarray(at, at + size)])
    rest = take(block, cutter.cut(block, 0, false))
  }
  take(rest, cutter.cut(rest, 0, true))
  return found
}

const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '中', '') })
const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`

describe('cutting CSV into records', () => {
  it('finds the records of any well-formed text, in pieces of any size', () => {
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 3 }), { maxLength: 8 })
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        (table, ending, size) => {
          const records = table.map((row) => row.map(quoted).join(','))
          const text = records.map((record) => record + ending).join('')
          const found = cut(text, size)
          expect(found.records).toEqual(records)
          expect(found.irregular).toEqual([])
          expect(found.lines).toBe(text.split('\n').length - 1)
        },
      ),
    )
  })

  it('finds the same records of any text, however it comes in pieces, and loses no line of it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'b'), maxLength: 60 })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (input, size) => {
        const whole = cut(input)
        expect(cut(input, size)).toEqual(whole)
        const kept = whole.records.join('').replaceAll(/[\r\n]/g, '')
        expect(kept).toBe(input.replaceAll(/[\r\n]/g, ''))
      }),
      { numRuns: 500 },
    )
  })

  it('passes over empty lines and takes a last line without newline', () => {
    expect(cut('a\n\n\r\nb')).toMatchObject({ records: ['a', 'b'], lines: 3 })
  })

  it.each([
    ['a quote inside a field', '1,5" disk\n2,x\n', ['1,5" disk', '2,x'], [0]],
    ['text after a closing quote', '1,"a"b\n2,x\n', ['1,"a"b', '2,x'], [0]],
    ['a quote never closed', '1,"abc\n2,x\n3,y\n', ['1,"abc', '2,x', '3,y'], [0]],
    ['a quote that a later record seems to close', '1,"abc\n2,x\n3,"y"\n', ['1,"abc', '2,x', '3,"y"'], [0]],
    ['a quote never closed in the last line', '1,a\n2,"b', ['1,a', '2,"b'], [1]],
  ])('confines %s to its line', (_, text, records, irregular) => {
    for (const size of [1, 3, 1 << 20]) expect(cut(text, size)).toMatchObject({ records, irregular })
  })

  it('gives up a quoted field that runs over lines for more than 1 MiB, and reads those lines', () => {
    const lines = Array.from({ length: MAX_QUOTED_LINES_BYTES / 8 + 10 }, (_, at) => `${at},aaaaaa`)
    const found = cut(`1,"open\n${lines.join('\n')}\n2,"b"\n`, 1 << 22)
    expect(found.records.length).toBe(lines.length + 2)
    expect(found.irregular).toEqual([0])
    expect(found.lines).toBe(lines.length + 2)
  })

  it('does not wait for the end of the file to give it up', () => {
    const bytes = Buffer.from(`1,"open\n${'2,x\n'.repeat(MAX_QUOTED_LINES_BYTES / 2)}`)
    const { count, rest } = new RecordCutter(dialect).cut(bytes, 0, false)
    expect({ count, rest }).toEqual({ count: MAX_QUOTED_LINES_BYTES / 2 + 1, rest: bytes.length })
  })

  it('keeps a quoted field of several MiB without newlines whole', () => {
    const record = `1,"${'x'.repeat(3 * MAX_QUOTED_LINES_BYTES)}"`
    expect(cut(`${record}\n2,y\n`, 1 << 20).records).toEqual([record, '2,y'])
  })

  it.each([1 << 20, 1 << 30])(
    'keeps only the beginning of a record beyond 16 MiB (blocks of %d bytes)',
    (size) => {
      const found = cut(Buffer.from(`a\n${'x'.repeat(MAX_RECORD_BYTES + 5)}\nb\n`), size)
      expect(found.records.map(({ length }) => length)).toEqual([1, OVERSIZE_KEPT_BYTES, 1])
      expect(found).toMatchObject({ oversize: [1], irregular: [1], lines: 3 })
    },
  )
})
