import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  JsonArrayCutter,
  MAX_JSON_RECORD_BYTES,
  OVERSIZE_JSON_KEPT_BYTES,
  splitJsonRecords,
} from '../../../../src/records/json-records.ts'

function split(text: string, path = '') {
  const body = Buffer.from(text)
  const { starts, ends, count, envelope } = splitJsonRecords(body, path, 'a.json')
  const records = Array.from({ length: count }, (_, i) => body.toString('utf8', starts[i], ends[i]))
  return { records, envelope: envelope.toString() }
}

/** Cuts a document that comes in pieces of `size` bytes. */
function cutInPieces(text: string, path: string, size: number): { records: string[]; oversize: number } {
  const bytes = Buffer.from(text)
  const cutter = new JsonArrayCutter(path, 'a.json')
  const records: string[] = []
  let oversize = 0
  let rest: Buffer = Buffer.alloc(0)
  for (let at = 0; at <= bytes.length; at += size) {
    const block = Buffer.concat([rest, bytes.subarray(at, at + size)])
    const cut = cutter.cut(block, 0, at + size > bytes.length)
    for (let i = 0; i < cut.count; i++) records.push(block.toString('utf8', cut.starts[i], cut.ends[i]))
    oversize += cut.oversize.length
    rest = block.subarray(cut.rest)
  }
  return { records, oversize }
}

const spaces = fc.constantFrom(undefined, 1, '\t')

describe('splitting JSON into records', () => {
  it('finds the elements of any array at any path, whole or in pieces of any size', () => {
    const key = fc.constantFrom('data', 'rows', '"', '\\', '名')
    const path = fc.array(key, { maxLength: 3 })
    const size = fc.integer({ min: 1, max: 30 })
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        path,
        fc.jsonValue(),
        spaces,
        size,
        (list, keys, other, space, size) => {
          const document = keys.reduceRight<unknown>(
            (value, name) => ({ a: other, [name]: value, z: [other] }),
            list,
          )
          const text = JSON.stringify(document, null, space)
          const found = split(text, keys.join('.'))
          expect(found.records.map((record) => JSON.parse(record))).toEqual(JSON.parse(JSON.stringify(list)))
          expect(cutInPieces(text, keys.join('.'), size).records).toEqual(found.records)
          const left = keys.reduceRight<unknown>(
            (value, name) => ({ a: other, [name]: value, z: [other] }),
            [],
          )
          expect(JSON.parse(found.envelope)).toEqual(JSON.parse(JSON.stringify(left)))
        },
      ),
    )
  })

  it('takes null at the path for no records, and passes over a byte order mark', () => {
    expect(split('{"rows":null,"next":"x"}', 'rows')).toEqual({
      records: [],
      envelope: '{"rows":null,"next":"x"}',
    })
    expect(split('\ufeff[1, 2]')).toEqual({ records: ['1', '2'], envelope: '[]' })
  })

  it.each([
    ['[{"a":1}', 'JSON_TRUNCATED', 8],
    ['[{"a":"x', 'JSON_TRUNCATED', 8],
    ['{"rows":[1]', 'JSON_TRUNCATED', 11],
    ['[1,]', 'JSON_BROKEN', 3],
    ['[1 2]', 'JSON_BROKEN', 3],
    ['[,1]', 'JSON_BROKEN', 1],
    ['[1]]', 'JSON_BROKEN', 3],
    ['[{"a":]}]', 'JSON_BROKEN', 6],
    ['<html>', 'JSON_BROKEN', 0],
    ['{"rows":[1],}', 'JSON_BROKEN', 12],
    ['{"a":tru,"rows":[]}', 'JSON_BROKEN', 5],
  ])('refuses %s as %s at byte %d', (text, code, offset) => {
    const path = text.startsWith('{') ? 'rows' : ''
    for (const act of [() => split(text, path), () => cutInPieces(text, path, 2)]) {
      expect(act).toThrow(expect.objectContaining({ code, details: expect.objectContaining({ offset }) }))
    }
  })

  it.each([
    ['{"rows":{}}', 'rows'],
    ['{"rows":3}', 'rows'],
    ['{"a":[1]}', 'rows'],
    ['{"x":{"rows":[1]}}', 'rows'],
    ['{}', ''],
  ])('says that %s has no array at "%s"', (text, path) => {
    expect(() => split(text, path)).toThrow(expect.objectContaining({ code: 'JSON_NO_RECORDS' }))
  })

  it('keeps only the beginning of a record beyond 16 MiB, and goes on behind it', () => {
    const text = `[1,{"a":"${'x'.repeat(MAX_JSON_RECORD_BYTES)}\\"]"},2]`
    const found = cutInPieces(text, '', 1 << 22)
    expect(found.records.map(({ length }) => length)).toEqual([1, OVERSIZE_JSON_KEPT_BYTES, 1])
    expect(found.oversize).toBe(1)
  })
})
